import {
  type Dossier,
  evidenceWords,
  faultCatalogue,
  type Incident,
  type Instant,
  type LuminaireProperties,
  type Ticket,
  toIso,
} from '@fanari/contracts'
import type { AssetFacts } from '../register/inventory.ts'

/** What the register does not say. */
const unknown = 'άγνωστος στο μητρώο'
/** Lamps that are written out in the text; the document holds them all. */
const lampsInText = 60

/**
 * What the network operator needs to act without asking back: which pillar and supply, which lamps and where, since when, and on what
 * evidence. Pure.
 */
export const dossierOf = (
  ticket: Ticket,
  incident: Incident | null,
  context: { municipalityName: string; contact: string; facts: AssetFacts; at: Instant; timeZone: string },
): Dossier => {
  const { municipalityName, contact, facts, at, timeZone } = context
  const lamps = ticket.members.flatMap((id) => {
    const feature = facts.asset('luminaire', id)
    if (feature === null || feature.properties.kind !== 'luminaire') return { id }
    return lampOf(feature.properties, feature.geometry)
  })
  const lights = ticket.members.flatMap((id) => {
    const properties = facts.asset('luminaire', id)?.properties
    return properties?.kind === 'luminaire' ? [properties] : []
  })
  const circuits = distinct(lights.map(({ circuit }) => circuit))
  const cabinetIds = distinct([
    ...lights.map(({ cabinet }) => cabinet),
    incident?.scope.kind === 'cabinet' ? incident.scope.id : undefined,
  ])
  const pillars = cabinetIds.map((id) => {
    const properties = facts.asset('cabinet', id)?.properties
    const supplyNumber = properties?.kind === 'cabinet' ? properties.supplyNumber : undefined
    return { id, ...(supplyNumber === undefined ? {} : { supplyNumber }) }
  })
  const fault = incident === null ? null : faultCatalogue[incident.fault].title
  const document = {
    ticket: ticket.id,
    municipality: municipalityName,
    fault: fault ?? { el: ticket.title, en: ticket.title },
    pillars,
    circuits,
    lamps,
    place: ticket.location,
    since: incident?.startedAt ?? ticket.firstReportAt ?? ticket.createdAt,
    detectedAt: ticket.createdAt,
    reports: ticket.reports,
    evidence: (incident?.evidence ?? []).map(({ at: seen, subject, detail }) => ({ at: seen, subject, detail })),
    contact,
    preparedAt: toIso(at),
  }
  return { ...document, text: textOf(document, timeZone) }
}

const lampOf = (
  { id, street, pole, community, ratedPower }: LuminaireProperties,
  geometry: { type: string; coordinates?: unknown } | null,
): Dossier['lamps'][number] => {
  const [lon, lat] = geometry?.type === 'Point' && Array.isArray(geometry.coordinates) ? geometry.coordinates : []
  return {
    id,
    ...(pole === undefined ? {} : { pole }),
    ...(street === undefined ? {} : { street }),
    community,
    ratedPowerW: ratedPower,
    ...(typeof lat === 'number' && typeof lon === 'number' ? { lat, lon } : {}),
  }
}

const distinct = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.flatMap((value) => value ?? [])),
]

/** The letter, in Greek, ready to be sent. */
const textOf = (dossier: Omit<Dossier, 'text'>, timeZone: string): string => {
  const shown = (at: string) =>
    new Date(at).toLocaleString('el-GR', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const { pillars, circuits, lamps, evidence } = dossier
  const pillarLines = pillars.map(({ id, supplyNumber }) => `Πίλαρ ${id}, αριθμός παροχής: ${supplyNumber ?? unknown}`)
  const lampLines = lamps
    .slice(0, lampsInText)
    .map(({ id, pole, street, lat, lon }) =>
      [
        `- ${id}`,
        pole === undefined ? null : `ιστός ${pole}`,
        street ?? null,
        lat === undefined || lon === undefined ? null : `${lat.toFixed(6)}, ${lon.toFixed(6)}`,
      ]
        .filter((part) => part !== null)
        .join(', '),
    )
  const rest = lamps.length - lampLines.length
  return [
    'Προς: ΔΕΔΔΗΕ',
    `Από: ${dossier.municipality}`,
    `Αίτημα: ${dossier.ticket}`,
    `Θέμα: ${dossier.fault.el}`,
    `Τόπος: ${dossier.place.text}`,
    ...(pillarLines.length === 0 ? [`Πίλαρ: ${unknown}`] : pillarLines),
    ...(circuits.length === 0 ? [] : [`Κύκλωμα: ${circuits.join(', ')}`]),
    `Από: ${shown(dossier.since)}`,
    `Διαπιστώθηκε: ${shown(dossier.detectedAt)}`,
    `Αναφορές πολιτών: ${dossier.reports}`,
    `Φωτιστικά (${lamps.length}):`,
    ...lampLines,
    ...(rest > 0 ? [`… και ακόμη ${rest}, στο συνημμένο έγγραφο`] : []),
    'Στοιχεία:',
    ...(evidence.length === 0
      ? ['- μόνο οι αναφορές των πολιτών']
      : evidence
          .slice(0, 20)
          .map(({ at, subject, detail }) => `- ${shown(at)} ${subject}: ${evidenceWords(detail).el}`)),
    `Επικοινωνία: ${dossier.contact === '' ? dossier.municipality : dossier.contact}`,
  ].join('\n')
}
