/** Whom a token or an account stands for, by what they may do. `admin` is the administrator's stored name. */
export const roles = [
  'admin',
  'supervisor',
  'dispatcher',
  'operator',
  'technician',
  'privacyOfficer',
  'viewer',
  'partner',
  'telephony',
  'automation',
] as const
export type Role = (typeof roles)[number]

/** Whom a request stands for. */
export interface Principal {
  /** Unique among accounts, and what the trail and the histories show. Histories are public: it is a handle, not a person's name. */
  name: string
  role: Role
  /** The municipalities it is limited to; `null`: all of them. */
  municipalities: readonly string[] | null
  /** The crew a person of the field works in. */
  team: string | null
  /** The account behind it; `null` for a token. */
  user: string | null
}

/** Citizens, and everyone else without a sign-in. */
const everyone = 'everyone'

const signedIn: readonly Role[] = roles
const admins: readonly Role[] = ['admin']
const managers: readonly Role[] = ['admin', 'supervisor']
const dispatchers: readonly Role[] = ['admin', 'supervisor', 'dispatcher']
/** Who answers citizens and sees that their matters are done. */
const desk: readonly Role[] = ['admin', 'supervisor', 'dispatcher', 'operator']
const crews: readonly Role[] = [...desk, 'technician']

/**
 * Who may do what: the one table that every route is judged by. A route names a permission in its `config`; one without fails the
 * start. `everyone` needs no sign-in: such a route shows and takes nothing that is not meant for any citizen.
 */
const permissions = {
  /** Lights, incidents, tickets, statistics, open data: public matters without personal data. */
  'public.read': everyone,
  /** A citizen's report, a subscription, an answer: what a citizen sends. */
  'public.write': everyone,
  /** What a tracking code shows: codes can be tried, so tries are counted. */
  'public.lookUp': everyone,
  /** Health, readiness, metrics. */
  'probe.read': everyone,
  /** Signing in and out. */
  'signIn.use': everyone,
  /** One's own account and sessions. */
  'account.own': signedIn,

  'register.write': admins,
  'device.manage': admins,
  /** The MQTT door: reading `city/v1/` and sending commands. */
  'device.command': ['admin', 'supervisor', 'operator', 'automation'],
  'token.manage': admins,
  'account.manage': admins,
  /** Service hours, holidays, routing rules, teams, templates, retention. */
  'settings.read': [...desk, 'technician', 'privacyOfficer'],
  'settings.write': managers,
  'audit.read': [...desk, 'privacyOfficer'],

  'maintenance.write': crews,
  /** Working on tickets and work orders. */
  'ticket.work': [...crews, 'automation'],
  /** Assigning, routing, forwarding, bulk actions. */
  'ticket.dispatch': desk,
  /** Attaching, merging and parting matters. */
  'ticket.merge': desk,
  /** Recurring problems: closing and annotating. */
  'problem.write': dispatchers,
  /** Work orders, and the network operator's dossier. */
  'workOrder.read': [...crews, 'automation'],

  /** Reports as staff sees them, without who sent them. */
  'report.read': crews,
  /** Taking a report for someone on the phone. */
  'report.take': desk,
  /** Sending requests and updates through Open311: another system's token, which opens nothing else. */
  'open311.write': [...desk, 'partner'],
  /** Judging what the spam guard has set aside. */
  'report.moderate': desk,
  /** Who sent a report. Every look is in the trail. */
  'contact.read': desk,
  /** The number of a citizen who is to be called back for a work order of one's own. */
  'contact.callBack': crews,
  /** What a call centre or a PBX tells and asks. */
  'telephony.use': [...desk, 'telephony'],

  'photo.add': crews,
  /** Photos before anybody has looked at them. */
  'photo.read': crews,
  /** Letting a photo be seen by all. */
  'photo.moderate': desk,

  /** Export, erasure, retention and legal holds. */
  'privacy.manage': ['admin', 'privacyOfficer'],
  /** What watches the platform tells of it: machines whose token opens nothing else. */
  'platformAlert.report': ['admin', 'viewer'],
  'platformAlert.read': desk,

  /** Figures by person and crew. */
  'statistics.staff': desk,
} as const satisfies Record<string, readonly Role[] | typeof everyone>
export type Permission = keyof typeof permissions
export const permissionNames = Object.keys(permissions) as Permission[]

/** Whom a permission is for; `null`: everyone. */
export const rolesOf = (permission: Permission): readonly Role[] | null => {
  const allowed: readonly Role[] | typeof everyone = permissions[permission]
  return allowed === everyone ? null : allowed
}

/** What a role may do, beside what everyone may. */
export const permissionsOf = (role: Role): Permission[] =>
  permissionNames.filter((permission) => rolesOf(permission)?.includes(role))

export type Judgement = 'allowed' | 'wrongRole' | 'wrongMunicipality'

/**
 * Whether a principal may do something. `municipality` is the one it concerns; `null` is what concerns them all, which a principal
 * limited to some may not do. Only one's own account is nobody else's matter.
 */
export const judge = (principal: Principal, permission: Permission, municipality: string | null): Judgement => {
  const allowed = rolesOf(permission)
  if (allowed === null) return 'allowed'
  if (!allowed.includes(principal.role)) return 'wrongRole'
  if (principal.municipalities === null || permission === 'account.own') return 'allowed'
  return municipality !== null && principal.municipalities.includes(municipality) ? 'allowed' : 'wrongMunicipality'
}
