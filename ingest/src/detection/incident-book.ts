import {
  type Cause,
  type DetectedIncident,
  type Evidence,
  type FaultName,
  faultCatalogue,
  type IncidentChange,
  type Instant,
  minuteMs,
  type Reason,
  type Resolution,
  type Scope,
  toIso,
} from '@fanari/contracts'

/** An open incident. `ever` are all lights that were members at some time; `members` those that are now. */
export interface OpenIncident {
  key: string
  id: string
  fault: FaultName
  scope: Scope
  reason: Reason
  community: string | null
  startedAt: Instant
  detectedAt: Instant
  members: string[]
  ever: string[]
  evidence: Evidence[]
  /** How it was told from the next best explanation, where causes were weighed. */
  cause: Cause | null
  /** Narrower incidents that it took over when it was opened. */
  absorbs: string[]
  revision: number
  /** When the first member came back; 0 while none has. */
  recoveringSince: Instant
  /** When its document was last told or confirmed. */
  toldAt: Instant
}

/** An open incident whose evidence goes on is confirmed so often [ms]. */
export const confirmEveryMs = 15 * minuteMs

/** The evidence kept in a document; more would only repeat it. */
const evidenceLimit = 12

/** 64-bit FNV-1a in base 36: ids come from content, so that a replay finds the same ones. */
const contentHash = (text: string): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(36).padStart(13, '0')
}

/** What is found: the incident as it is opened. */
export type Found = Pick<
  OpenIncident,
  'fault' | 'scope' | 'reason' | 'community' | 'startedAt' | 'members' | 'evidence'
> &
  Partial<Pick<OpenIncident, 'cause' | 'absorbs'>>

/** How an incident ends. */
interface End {
  parent?: string
  evidence?: Evidence
  /** When it was over, where that was learned later. */
  endedAt?: Instant
}

/** The open incidents of a municipality, and the documents that tell of their changes. */
export interface IncidentBook {
  get(key: string): OpenIncident | undefined
  all(): Iterable<OpenIncident>
  open(key: string, found: Found, now: Instant): OpenIncident
  /** Tells of something that is over already: opened and resolved at once, never open in between. */
  tellPast(found: Found, endedAt: Instant, now: Instant): void
  /** Gives an open incident another name or reason: more is known of the same cause. Its id stays. */
  rename(key: string, known: { fault: FaultName; reason: Reason; evidence: Evidence }, now: Instant): void
  /** Corrects when an open incident began. */
  beganAt(key: string, startedAt: Instant, now: Instant): void
  /** Replaces the members; says nothing when they are the same. */
  update(key: string, members: string[], now: Instant): void
  /** Says that the evidence of an incident goes on, unless it was told of lately; its document stays as it is. */
  confirm(key: string, now: Instant): void
  resolve(key: string, resolution: Resolution, now: Instant, end?: End): void
  /** The changes since the last call, in order. */
  drain(): IncidentChange[]
  /** The changes that `drain` would give. */
  undrained(): readonly IncidentChange[]
  restore(incidents: OpenIncident[], undrained: IncidentChange[]): void
}

export const createIncidentBook = (municipality: string): IncidentBook => {
  const open = new Map<string, OpenIncident>()
  let outputs: IncidentChange[] = []

  const document = (
    it: OpenIncident,
    end?: { at: Instant; resolution: Resolution; parent?: string | undefined },
  ): DetectedIncident => ({
    id: it.id,
    municipality,
    fault: it.fault,
    scope: it.scope,
    members: end === undefined ? it.members : it.ever,
    ...(it.community === null ? {} : { community: it.community }),
    startedAt: toIso(it.startedAt),
    detectedAt: toIso(it.detectedAt),
    ...(end === undefined ? {} : { resolvedAt: toIso(end.at) }),
    state: end === undefined ? 'open' : 'resolved',
    severity: faultCatalogue[it.fault].severity,
    reason: it.reason,
    ...(end === undefined ? {} : { resolution: end.resolution }),
    evidence: [...it.evidence],
    ...(it.cause === null ? {} : { cause: it.cause }),
    ...(it.absorbs.length === 0 ? {} : { absorbs: it.absorbs }),
    ...(end?.parent === undefined ? {} : { parent: end.parent }),
    revision: it.revision,
  })

  const tellAgain = (incident: OpenIncident, now: Instant): void => {
    incident.revision++
    incident.toldAt = now
    outputs.push({ type: 'incident.updated', at: now, incident: document(incident) })
  }

  const create = (key: string, found: Found, now: Instant, endedAt?: Instant): OpenIncident => {
    const id = `${found.fault}-${contentHash(`${municipality}|${found.fault}|${found.scope.kind}|${found.scope.id}|${found.startedAt}|${now}`)}`
    const members = [...found.members].sort()
    const incident: OpenIncident = {
      cause: null,
      absorbs: [],
      ...found,
      key,
      id,
      members,
      ever: members,
      evidence: found.evidence.slice(0, evidenceLimit),
      detectedAt: now,
      revision: 1,
      recoveringSince: 0,
      toldAt: now,
    }
    const end = endedAt === undefined ? undefined : { at: endedAt, resolution: 'foundInHistory' as const }
    outputs.push({ type: 'incident.opened', at: now, incident: document(incident, end) })
    return incident
  }

  const close = (incident: OpenIncident, resolution: Resolution, now: Instant, end: End | undefined): void => {
    incident.revision++
    if (end?.evidence !== undefined) incident.evidence.push(end.evidence)
    const at = end?.endedAt ?? now
    outputs.push({
      type: 'incident.resolved',
      at: now,
      incident: document(incident, { at, resolution, parent: end?.parent }),
    })
  }

  return {
    get: (key) => open.get(key),
    all: () => open.values(),

    open(key, found, now) {
      const incident = create(key, found, now)
      open.set(key, incident)
      return incident
    },

    tellPast(found, endedAt, now) {
      close(create('', found, now, endedAt), 'foundInHistory', now, { endedAt })
    },

    rename(key, { fault, reason, evidence }, now) {
      const incident = open.get(key)
      if (incident === undefined) return
      incident.fault = fault
      incident.reason = reason
      incident.evidence = [evidence, ...incident.evidence].slice(0, evidenceLimit)
      tellAgain(incident, now)
    },

    beganAt(key, startedAt, now) {
      const incident = open.get(key)
      if (incident === undefined || incident.startedAt === startedAt) return
      incident.startedAt = startedAt
      tellAgain(incident, now)
    },

    update(key, members, now) {
      const incident = open.get(key)
      if (incident === undefined) return
      const sorted = [...members].sort()
      if (sorted.length === incident.members.length && sorted.every((id, i) => id === incident.members[i])) return
      incident.members = sorted
      incident.ever = [...new Set([...incident.ever, ...sorted])].sort()
      tellAgain(incident, now)
    },

    confirm(key, now) {
      const incident = open.get(key)
      if (incident === undefined || now - incident.toldAt < confirmEveryMs) return
      incident.toldAt = now
      outputs.push({ type: 'incident.confirmed', at: now, incident: document(incident) })
    },

    resolve(key, resolution, now, end) {
      const incident = open.get(key)
      if (incident === undefined) return
      open.delete(key)
      close(incident, resolution, now, end)
    },

    drain() {
      const drained = outputs
      outputs = []
      return drained
    },

    undrained: () => outputs,

    restore(incidents, undrained) {
      outputs = undrained
      open.clear()
      for (const incident of incidents) open.set(incident.key, incident)
    },
  }
}
