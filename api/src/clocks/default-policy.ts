import type { ClockPolicy } from '@fanari/contracts'

const officeHours = [{ from: '07:00', until: '15:00' }]

/**
 * What holds until a municipality sets its own. The legal limits are those of the Code of Administrative Procedure (Law 2690/1999,
 * article 4, as amended): an answer within 50 days, 10 more when several services are needed, a misdirected request forwarded within 3.
 */
export const defaultClockPolicy: ClockPolicy = {
  calendar: {
    weekly: {
      monday: officeHours,
      tuesday: officeHours,
      wednesday: officeHours,
      thursday: officeHours,
      friday: officeHours,
      saturday: [],
      sunday: [],
    },
    nationalHolidays: true,
    yearly: [],
    dates: [],
  },
  response: { kind: 'serviceHours', hours: 8 },
  legal: { kind: 'calendarDays', days: 50 },
  legalSeveral: { kind: 'calendarDays', days: 60 },
  forwarding: { kind: 'calendarDays', days: 3 },
  networkOperator: { kind: 'workingDays', days: 3 },
  milestones: [
    { share: 0.75, event: 'warned', level: 'team' },
    { share: 1, event: 'breached', level: 'supervisor' },
    { share: 1.5, event: 'escalated', level: 'administrator' },
  ],
}
