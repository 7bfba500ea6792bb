import { boolean, float, integer, text } from './measurement-fields.ts'

/** Codes of ticket states, in the order of a ticket's life. */
export const ticketStatusCodes = {
  open: 0,
  assigned: 1,
  inProgress: 2,
  waiting: 3,
  resolved: 4,
  closed: 5,
} as const

/** Incidents, tickets and reports: one point a change. Nothing in them is personal. */
export const citizenLineMeasurements = {
  incident: {
    title: 'An incident was opened, updated or resolved; `scope` is the id of what it is about',
    retention: 'records',
    tags: ['municipality', 'community', 'fault', 'scope_kind', 'scope', 'change'],
    fields: {
      incident: text('Id of the incident'),
      ticket: text('Id of its ticket; of `opened`, once there is one'),
      open: integer('1', '1 while the incident is open, else 0'),
      state: text('open or resolved'),
      reason: text('A code of the catalogue'),
      resolution: text('How it ended; empty while it is open'),
      severity: text('info, minor, major or critical'),
      severity_code: integer('1', 'info 0, minor 1, major 2, critical 3'),
      parent: text('The wider incident that explains this one; empty when there is none'),
      members: integer('1', 'Lights concerned'),
      revision: integer('1', 'Version of the document'),
      lat: float('°', 'Latitude of its middle, WGS 84'),
      lon: float('°', 'Longitude of its middle, WGS 84'),
      time_to_detect_s: float('s', 'Detection after the start, as far as evidence tells'),
      duration_s: float('s', 'End after the start; of `resolved`'),
    },
  },
  ticket: {
    title: 'Something happened to a ticket: one point a line of its history',
    retention: 'records',
    tags: ['municipality', 'community', 'category', 'service', 'source', 'luminaire', 'event'],
    fields: {
      ticket: text('Id of the ticket'),
      incident: text('Id of its incident; empty when there is none'),
      title: text('Its title'),
      status: text('Status after the event'),
      status_code: integer('1', 'open 0, assigned 1, inProgress 2, waiting 3, resolved 4, closed 5'),
      open: integer('1', '1 when it is neither resolved nor closed after the event, else 0'),
      priority: text('low, normal, high or urgent, as last known'),
      outcome: text('How it ended, of `closed`: only `fixed` is proven'),
      reports: integer('1', 'Reports of citizens that it gathers, as last known'),
      members: integer('1', 'Lights concerned'),
      age_s: float('s', 'Event after the ticket was opened'),
      overdue: boolean('Whether the event came after the due time'),
      to_first_step_s: float('s', 'First human step after opening; of the event that was it'),
      to_resolve_s: float('s', 'Resolution after opening; of `resolved`'),
      to_close_s: float('s', 'Closing after opening; of `closed`'),
      found_before_call: integer('1', 'Of `opened`: 1 when telemetry opened it, and no report before; else 0'),
      detected_before_call_min: float('min', 'Of `opened`: how long before the first call telemetry knew; once called'),
      lat: float('°', 'Latitude, WGS 84'),
      lon: float('°', 'Longitude, WGS 84'),
    },
  },
  report: {
    title: 'A report of a citizen or operator, when it came; without what is personal',
    retention: 'records',
    tags: ['municipality', 'community', 'category', 'channel', 'luminaire'],
    fields: {
      report: text('Id of the report'),
      ticket: text('Id of the ticket that gathers it'),
      reports: integer('1', 'Always 1, to be summed'),
      known: integer('1', '1 when the ticket was there already, else 0'),
      whole_street: boolean('Whether the report is about a whole street'),
      first_response_s: float('s', 'First answer after the report; once there is one'),
    },
  },
} as const
