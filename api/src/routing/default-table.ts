import {
  type Category,
  categories,
  type FaultName,
  faultCatalogue,
  faultNames,
  type RoutingRule,
  type RoutingTable,
  type Service,
  services,
} from '@fanari/contracts'

/*
 * Who repairs what, as Greek municipalities say it themselves: lamps and single poles are the municipality's electricians'; supply,
 * circuits and what burns by day are the network operator's, whose receivers switch the lighting; a solar light has its contractor;
 * what is knocked down or live cannot wait for a queue.
 */

const emergency = { service: 'emergency', priority: 'urgent', term: { kind: 'hours', hours: 4 } } as const

const named: readonly RoutingRule[] = [
  {
    id: 'danger',
    why: {
      el: 'Αναφέρθηκε άμεσος κίνδυνος: η άμεση επέμβαση πηγαίνει πρώτη.',
      en: 'Immediate danger was reported: the emergency crew goes first.',
    },
    when: { danger: true },
    to: emergency,
  },
  {
    id: 'knocked-down-or-live',
    why: {
      el: 'Χτυπημένος ή γερμένος ιστός, ή διαρροή ρεύματος: κίνδυνος για διερχόμενους.',
      en: 'A pole that was hit or leans, or a leakage of current: a danger to passers-by.',
    },
    when: { faults: ['impactDetected', 'orientationChanged', 'leakageDetected'] },
    to: emergency,
  },
  {
    id: 'pole-damaged',
    why: {
      el: 'Κατεστραμμένος ιστός: ελέγχεται αμέσως, μέχρι να φανεί ότι δεν κινδυνεύει κανείς.',
      en: 'A damaged pole: looked at once, until nobody is seen to be in danger.',
    },
    when: { categories: ['pole-damaged'] },
    to: emergency,
  },
  {
    id: 'solar',
    why: {
      el: 'Φωτοβολταϊκό φωτιστικό: το συντηρεί ο ανάδοχος.',
      en: 'A solar light: its contractor maintains it.',
    },
    when: { groups: ['lighting'], supplies: ['solar'] },
    to: { service: 'solarMaintenance' },
  },
  {
    id: 'day-burning-group',
    why: {
      el: 'Ομάδα φωτιστικών καίει την ημέρα: οι δέκτες και οι χρονοδιακόπτες είναι του ΔΕΔΔΗΕ.',
      en: "A group burns by day: receivers and timers are the network operator's.",
    },
    when: { extents: ['dayBurningGroup'] },
    to: { service: 'networkOperator' },
  },
  {
    id: 'breaker',
    why: {
      el: 'Έπεσε η ασφάλεια του πίλαρ, που είναι του Δήμου.',
      en: "A breaker has tripped in the cabinet, which is the municipality's.",
    },
    when: { faults: ['circuitBreakerTripped'] },
    to: { service: 'municipalLighting' },
  },
  {
    id: 'circuit-or-supply',
    why: {
      el: 'Σκοτεινό κύκλωμα, φάση ή πίλαρ: βλάβη τροφοδοσίας ή δικτύου, αρμόδιος είναι ο ΔΕΔΔΗΕ.',
      en: "A dark circuit, phase or cabinet: supply or network, which is the network operator's.",
    },
    when: { groups: ['lighting'], extents: ['circuit', 'cabinet'] },
    to: { service: 'networkOperator' },
  },
  {
    id: 'operator-owned',
    why: { el: 'Το φωτιστικό ανήκει στον ΔΕΔΔΗΕ.', en: 'The light is owned by the network operator.' },
    when: { groups: ['lighting'], owners: ['networkOperator'] },
    to: { service: 'networkOperator' },
  },
]

const faultsOf = (service: Service): FaultName[] =>
  faultNames.filter((fault) => faultCatalogue[fault].ticket?.service === service)

/** What the fault catalogue says of what is left. */
const byFault: readonly RoutingRule[] = (['networkOperator', 'solarMaintenance', 'communications'] as const).flatMap(
  (service) => {
    const faults = faultsOf(service)
    if (faults.length === 0) return []
    return {
      id: `fault-of-${service}`,
      why: {
        el: `Είδος βλάβης που αποκαθιστά: ${services[service].el}.`,
        en: `A kind of fault that is repaired by: ${services[service].en}.`,
      },
      when: { faults },
      to: { service },
    }
  },
)

/** Every category to its own service. */
const byCategory: readonly RoutingRule[] = [
  ...Map.groupBy(Object.keys(categories) as Category[], (category) => categories[category].service),
].map(([service, of]) => ({
  id: `category-of-${service}`,
  why: {
    el: `Κατηγορία της υπηρεσίας: ${services[service].el}.`,
    en: `A category of the service: ${services[service].en}.`,
  },
  when: { categories: of },
  to: { service },
}))

/** What holds until a municipality edits its own. */
export const defaultRoutingTable: RoutingTable = {
  rules: [
    ...named,
    ...byFault,
    ...byCategory,
    {
      id: 'everything-else',
      why: {
        el: 'Κανένας κανόνας δεν ταιριάζει: το βλέπει πρώτα η Γραμμή Δημότη.',
        en: 'No rule fits: the citizen line looks at it first.',
      },
      when: {},
      to: { service: 'citizenService' },
    },
  ],
  terms: {
    urgent: { kind: 'hours', hours: 24 },
    high: { kind: 'hours', hours: 72 },
    normal: { kind: 'workingDays', days: 7 },
    low: { kind: 'workingDays', days: 20 },
  },
  dossierContact: '',
}
