import {
  evidenceWords,
  type Incident,
  type IncidentExplanation,
  type Instant,
  reasons,
  resolutions,
  toIso,
  type Words,
} from '@fanari/contracts'
import { figuresOf } from './explain.ts'
import { sayCauses, weighed } from './explain-causes.ts'
import { turns } from './explain-turns.ts'
import {
  createMoments,
  createSentences,
  join,
  lightsOf,
  names,
  type Sentences,
  subjects,
  titleOf,
} from './explain-words.ts'
import { decisiveMisses } from './hearing.ts'
import type { World } from './world.ts'

/**
 * What is believed of an incident. Of an open one it also says what its lights do now, how its cause is weighed now, and what would end
 * it; of a resolved one what its document keeps.
 */
export const explainIncident = (world: World, incident: Incident): IncidentExplanation => {
  const moment = createMoments(world.schedule.local, world.now)
  const sentences = createSentences()
  const isOpen = incident.state === 'open'
  const members = membersOf(world, incident.members)
  const causes = isOpen ? causesOf(world, incident) : []
  const title = titleOf(incident.fault)
  const subject = subjects[incident.scope.kind]
  const started = moment(Date.parse(incident.startedAt))
  const detected = moment(Date.parse(incident.detectedAt))

  sentences.say({
    el: `${title.el}. ${subject.el} ${incident.scope.id}, από τις ${started.el}· διαπιστώθηκε στις ${detected.el}.`,
    en: `${title.en}. ${subject.en} ${incident.scope.id}, since ${started.en}; found at ${detected.en}.`,
  })
  sentences.say({ el: `${reasons[incident.reason].el}.`, en: `${reasons[incident.reason].en}.` })
  const witnesses = witnessesOf(incident)
  if (witnesses !== null) sentences.say({ el: `Στηρίζεται σε: ${witnesses.el}.`, en: `It rests on: ${witnesses.en}.` })
  if (isOpen && members.total > 1) {
    const total = lightsOf(members.total)
    sentences.say({
      el: `Αφορά ${total.el}. Τώρα: ${members.lit} ανάβουν, ${members.dark} σκοτεινά, ${members.unknown} άγνωστα.`,
      en: `It concerns ${total.en}. Now ${members.lit} are lit, ${members.dark} dark, ${members.unknown} unknown.`,
    })
  }
  sayCauses(sentences, causes, moment)
  sayRunnerUp(sentences, incident)
  if (isOpen) sentences.say(turns[incident.reason].incident(incidentFigures(world, incident)))
  else sayEnd(sentences, incident, moment)

  return {
    incident: incident.id,
    at: toIso(world.now),
    fault: incident.fault,
    scope: incident.scope,
    state: incident.state,
    startedAt: incident.startedAt,
    detectedAt: incident.detectedAt,
    ...(incident.resolvedAt === undefined ? {} : { resolvedAt: incident.resolvedAt }),
    reason: incident.reason,
    ...(incident.resolution === undefined ? {} : { resolution: incident.resolution }),
    evidence: incident.evidence.map((it) => ({ ...it, words: evidenceWords(it.detail) })),
    ...(incident.cause === undefined ? {} : { cause: incident.cause }),
    members,
    causes,
    text: sentences.text(),
  }
}

const sayEnd = (
  sentences: Sentences,
  { resolvedAt, resolution, parent }: Incident,
  moment: (at: Instant) => Words,
): void => {
  if (resolvedAt === undefined || resolution === undefined) return
  const end = moment(Date.parse(resolvedAt))
  const how = resolutions[resolution]
  sentences.say({ el: `Έληξε στις ${end.el}: ${how.el}.`, en: `It ended at ${end.en}: ${how.en}.` })
  if (parent !== undefined)
    sentences.say({ el: `Το ευρύτερο συμβάν είναι το ${parent}.`, en: `The wider incident is ${parent}.` })
}

const membersOf = (world: World, ids: readonly string[]): IncidentExplanation['members'] => {
  const states = ids.map((id) => world.lights.get(id)?.state)
  const count = (state: string): number => states.filter((it) => it === state).length
  return { total: ids.length, lit: count('lit'), dark: count('dark'), unknown: count('unknown') }
}

/** How the cause of a group's incident is weighed now. */
const causesOf = (world: World, { id }: Incident): IncidentExplanation['causes'] => {
  for (const incident of world.book.all()) {
    const group = incident.id === id ? world.groups.get(incident.key) : undefined
    if (group !== undefined) return [weighed(world, group)]
  }
  return []
}

/** A likelihood beyond this is not worth a number. */
const mostTimes = 1_000

/** How clearly the cause was told from the next best explanation. */
const sayRunnerUp = (sentences: Sentences, { cause }: Incident): void => {
  if (cause === undefined || cause.runnerUp === null) return
  const { fault, scope } = cause.runnerUp
  const title = titleOf(fault)
  const times = Math.round(Math.exp(Math.min(cause.margin, 20)))
  const far = times > mostTimes
  sentences.say({
    el: `Δεύτερη πιθανότερη εξήγηση: «${title.el}» (${names[scope.kind].el} ${scope.id}), ${far ? `πάνω από ${mostTimes}` : `περίπου ${times}`} φορές λιγότερο πιθανή.`,
    en: `Next best explanation: “${title.en}” (${names[scope.kind].en} ${scope.id}), ${far ? `more than ${mostTimes}` : `about ${times}`} times less likely.`,
  })
}

const incidentFigures = (world: World, { members, fault }: Incident) => {
  const first = world.lights.get(members[0] ?? '')
  const missed =
    first === undefined ? world.rules.circuitOutage.missedReports : decisiveMisses(first.hearing, world.rules)
  const figures = { ...figuresOf(world), missedReports: missed, until: null }
  const rule = world.rules[fault]
  return 'clearSamples' in rule ? { ...figures, clearReadings: rule.clearSamples } : figures
}

const witnesses = {
  reading: [
    { el: '1 μέτρηση', en: '1 reading' },
    { el: 'μετρήσεις', en: 'readings' },
  ],
  event: [
    { el: '1 ειδοποίηση συσκευής', en: '1 event of a device' },
    { el: 'ειδοποιήσεις συσκευών', en: 'events of devices' },
  ],
  status: [
    { el: '1 χαμένη σύνδεση', en: '1 lost connection' },
    { el: 'χαμένες συνδέσεις', en: 'lost connections' },
  ],
  silence: [
    { el: '1 συσκευή που σιωπά', en: '1 silent device' },
    { el: 'συσκευές που σιωπούν', en: 'silent devices' },
  ],
  members: [
    { el: 'εικόνα όλων των μελών μαζί', en: 'the picture of all members together' },
    { el: 'εικόνες όλων των μελών μαζί', en: 'pictures of all members together' },
  ],
  meter: [
    { el: '1 ένδειξη του μετρητή του πίλαρ', en: '1 sign of the cabinet meter' },
    { el: 'ενδείξεις του μετρητή του πίλαρ', en: 'signs of the cabinet meter' },
  ],
  coverage: [
    { el: 'όσα άκουγε η ίδια η πλατφόρμα', en: 'what the platform itself could hear' },
    { el: 'διαστήματα που δεν άκουγε η πλατφόρμα', en: 'stretches the platform could not hear' },
  ],
} as const satisfies Record<Incident['evidence'][number]['kind'], readonly [one: Words, several: Words]>

const witnessesOf = ({ evidence }: Incident): Words | null => {
  const kinds = [...Map.groupBy(evidence, ({ kind }) => kind)]
  if (kinds.length === 0) return null
  return join(
    kinds.map(([kind, facts]) => {
      const [one, several] = witnesses[kind]
      return facts.length === 1 ? one : { el: `${facts.length} ${several.el}`, en: `${facts.length} ${several.en}` }
    }),
  )
}
