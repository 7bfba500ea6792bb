import { type RollCall, type RollCallMoment, rollCallSchema } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { reportDue, writeReport } from './roll-call-report.ts'

const timeZone = 'Europe/Athens'
const call = (
  community: string,
  moment: RollCallMoment,
  at: string,
  [lit, dark, unknown]: [number, number, number],
): RollCall =>
  rollCallSchema.parse({
    night: '2026-11-25',
    community,
    moment,
    plannedAt: at,
    at,
    lit,
    dark,
    unknown,
    darkLights: [],
    unknownLights: [],
  })
const evening = [
  call('vyssa', 'switchOn+30m', '2026-11-25T15:30:00.000Z', [40, 0, 2]),
  call('kastanies', 'switchOn+30m', '2026-11-25T15:31:00.000Z', [10, 12, 0]),
  call('dikaia', 'switchOn+30m', '2026-11-25T15:31:00.000Z', [25, 0, 0]),
]

describe('a report', () => {
  test.for([
    ['is not due before the last community was called', '2026-11-25T15:35:00Z', {}, null],
    ['is due in the evening', '2026-11-25T15:36:00Z', {}, 'evening'],
    ['is due in the evening once', '2026-11-25T16:36:00Z', { evening: '2026-11-25' }, null],
    ['is due in the evening, late, after a downtime', '2026-11-25T22:00:00Z', { evening: '2026-11-24' }, 'evening'],
    ['is due in the morning', '2026-11-26T05:00:00Z', { evening: '2026-11-25' }, 'morning'],
    ['is due in the morning once', '2026-11-26T05:01:00Z', { morning: '2026-11-25' }, null],
    ['is not due at noon', '2026-11-26T10:00:00Z', {}, null],
  ] as const)('%s', ([, now, sent, kind]) => {
    const due = reportDue(sent, evening, { timeZone, morningMinutes: 7 * 60 }, Date.parse(now))
    expect(due?.kind ?? null).toBe(kind)
  })

  test('is never due where no night is known', () => {
    expect(reportDue({}, [], { timeZone, morningMinutes: 420 }, Date.parse('2026-11-26T05:00:00Z'))).toBeNull()
  })

  const names = new Map([
    ['vyssa', 'Νέα Βύσσα'],
    ['kastanies', 'Καστανιές'],
  ])

  test('names the dark first, tells unknown from dark, and adds up', () => {
    expect(writeReport('evening', '2026-11-25', evening, names, timeZone)).toEqual({
      subject: '[Φανάρι] Βραδινό προσκλητήριο 25/11/2026: 1 με σκοτεινά φωτιστικά',
      text: `Νύχτα 25/11/2026. Κοινότητες: 3.
Φωτιστικά: 75 φωτίζουν, 12 σκοτεινά, 2 άγνωστα (δεν μιλούν ή δεν επιβεβαιώθηκαν).

Με σκοτεινά φωτιστικά:
  • Καστανιές: 10 φωτίζουν, 12 σκοτεινά, 0 άγνωστα (25/11/2026 17:31)

Με άγνωστα φωτιστικά:
  • Νέα Βύσσα: 40 φωτίζουν, 0 σκοτεινά, 2 άγνωστα (25/11/2026 17:30)

Φωτίζονται πλήρως:
  • dikaia: 25 φωτίζουν, 0 σκοτεινά, 0 άγνωστα (25/11/2026 17:31)`,
    })
  })

  test('of the morning tells the last call of each community', () => {
    const calls = [...evening, call('kastanies', '05:00', '2026-11-26T03:00:00.000Z', [22, 0, 0])]
    const { subject, text } = writeReport('morning', '2026-11-25', calls, names, timeZone)
    expect(subject).toBe('[Φανάρι] Πρωινό προσκλητήριο 25/11/2026: καμία κοινότητα με σκοτεινά φωτιστικά')
    expect(text).toContain('Καστανιές: 22 φωτίζουν, 0 σκοτεινά, 0 άγνωστα (26/11/2026 05:00)')
  })
})
