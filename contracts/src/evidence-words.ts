import { faultCatalogue } from './catalogue.ts'
import type { Words } from './explanations.ts'
import { faultNames } from './fault-names.ts'

/*
 * What the detector says of a fact, in Greek. It keeps evidence as one English sentence: on MQTT, in the journal and in old incidents.
 * The English is looked up here by its pattern and said in Greek only when somebody asks. A sentence without Greek fails the detector's
 * stories. `{name}` stands for a number, except for the words below.
 */
const sentences: readonly (readonly [en: string, el: string])[] = [
  // Readings of light
  ['{power} W of {usual} W expected at {level} %', '{power} W, αναμένονταν {usual} W στο {level} %'],
  [
    '{power} W where {usual} W are usual at {level} % ({share} %)',
    '{power} W, συνήθως {usual} W στο {level} % (το {share} %)',
  ],
  [
    '{power} W where {usual} W are expected at {level} % ({share} %)',
    '{power} W, αναμένονταν {usual} W στο {level} % (το {share} %)',
  ],
  ['{power} W where {usual} W are usual', '{power} W, συνήθως {usual} W'],
  ['{power} W at level 0', '{power} W με στάθμη 0'],
  ['scheduled off', 'κατά το πρόγραμμα σβηστό'],
  ['supply {volts} V', 'τάση {volts} V'],
  ['level {level} %', 'στάθμη {level} %'],
  ['load {load}', 'φορτίο {load}'],
  ['battery {volts} V', 'μπαταρία {volts} V'],
  ['the energy counter agrees', 'συμφωνεί και ο μετρητής ενέργειας'],
  ['planned {level} %', 'προγραμματισμένη στάθμη {level} %'],
  ['reported {level} %', 'αναφέρεται {level} %'],
  ['power factor {factor} at {level} %', 'συντελεστής ισχύος {factor} στο {level} %'],
  ['at least {limit}', 'κατώτατο όριο {limit}'],
  ['lit in {readings} readings in a row', 'ανάβει σε {readings} μετρήσεις στη σειρά'],
  ['raised {fault}', 'η συσκευή αναφέρει {fault}'],
  ['{fault}', '{fault}'],
  [
    'went off and on {hour} times in the last hour, {night} times this night',
    'έσβησε και άναψε {hour} φορές την τελευταία ώρα, {night} φορές αυτή τη νύχτα',
  ],
  // Limits
  ['{amperes} A', '{amperes} A'],
  ['rated {amperes} A at {volts} V', 'ονομαστικό {amperes} A στα {volts} V'],
  ['{volts} V', '{volts} V'],
  ['L{phase} {volts} V', 'L{phase} {volts} V'],
  ['at least {limit} V', 'κατώτατο όριο {limit} V'],
  ['at most {limit} V', 'ανώτατο όριο {limit} V'],
  ['{celsius} °C', '{celsius} °C'],
  ['limit {limit} °C', 'όριο {limit} °C'],
  ['{leakage} mA to earth', 'διαρροή {leakage} mA προς τη γη'],
  ['limit {limit} mA', 'όριο {limit} mA'],
  ['open for more than {minutes} min', 'ανοιχτή πάνω από {minutes} λεπτά'],
  ['leans {tilt}°', 'κλίση {tilt}°'],
  ['limit {limit}°', 'όριο {limit}°'],
  ['leans {tilt}° after an impact', 'κλίση {tilt}° μετά από πρόσκρουση'],
  ['{sign} after an impact', '{sign} μετά από πρόσκρουση'],
  ['{sign}', '{sign}'],
  [
    'meter {meter} W, lamps {known} W measured and at most {unknown} W not measured: {extra} W beside them',
    'μετρητής {meter} W, φωτιστικά {known} W μετρημένα και το πολύ {unknown} W αμέτρητα: {extra} W πέρα από αυτά',
  ],
  // Delivery and clocks
  ['last heard', 'ακούστηκε τελευταία φορά'],
  ['{missed} reports missed in a row', 'αναφορές που λείπουν στη σειρά: {missed}'],
  ['connection lost', 'χάθηκε η σύνδεση'],
  ['the gateway lost its connection', 'η πύλη έχασε τη σύνδεσή της'],
  [
    '{received} of {expected} reports of a day arrived ({share} %)',
    'έφτασαν {received} από τις {expected} αναφορές μιας ημέρας ({share} %)',
  ],
  ['stamps lie {seconds} s behind their arrival', 'οι χρονοσφραγίδες μένουν {seconds} s πίσω από την άφιξη'],
  ['stamps lie {seconds} s ahead of their arrival', 'οι χρονοσφραγίδες προηγούνται {seconds} s της άφιξης'],
  [
    'stamps lie so far behind that its reports are set aside',
    'οι χρονοσφραγίδες μένουν τόσο πίσω που οι αναφορές του δεν λαμβάνονται υπόψη',
  ],
  [
    'stamps lie so far ahead that its reports are set aside',
    'οι χρονοσφραγίδες προηγούνται τόσο που οι αναφορές του δεν λαμβάνονται υπόψη',
  ],
  // Supply
  ['announced loss of supply', 'ανακοίνωσε ότι έχασε την τροφοδοσία'],
  ['announced loss of supply and was not heard again', 'ανακοίνωσε ότι έχασε την τροφοδοσία και δεν ακούστηκε ξανά'],
  [
    'came back with its counters begun anew: it had lost its supply',
    'επέστρεψε με μηδενισμένους μετρητές: είχε χάσει την τροφοδοσία',
  ],
  [
    'fell silent by night and came back with its counters begun anew',
    'σιώπησε τη νύχτα και επέστρεψε με μηδενισμένους μετρητές',
  ],
  ['its later readings show that it was dark', 'οι μεταγενέστερες μετρήσεις του δείχνουν ότι ήταν σβηστό'],
  ['the cabinet lost its supply', 'το πίλαρ έχασε την τροφοδοσία του'],
  ['the cabinet has its supply but no load', 'το πίλαρ έχει τροφοδοσία αλλά όχι φορτίο'],
  ['the cabinet says that a breaker has tripped', 'το πίλαρ αναφέρει ότι έπεσε διακόπτης'],
  [
    'the load of the cabinet fell by what its silent lights drew',
    'το φορτίο του πίλαρ έπεσε όσο τραβούσαν τα φωτιστικά που σιωπούν',
  ],
  ['the cabinet still carries the load of its silent lights', 'το πίλαρ τροφοδοτεί ακόμη τα φωτιστικά που σιωπούν'],
  [
    'the load fell by {fall} ± {error} W when it fell silent; it last drew {last} W',
    'το φορτίο έπεσε κατά {fall} ± {error} W όταν σιώπησε· τελευταία τραβούσε {last} W',
  ],
  [
    'the load is {missing} ± {error} W short of what it would be if the silent lights burned',
    'το φορτίο είναι {missing} ± {error} W μικρότερο από όσο θα ήταν αν άναβαν τα φωτιστικά που σιωπούν',
  ],
  // Groups
  [
    '{affected} of {total} lights affected ({dark} dark, {gasped} announced loss of supply, {lost} not heard), {alive} alive, {pending} not yet due',
    'επηρεάζονται {affected} από {total} φωτιστικά (σκοτεινά {dark}, ανακοίνωσαν απώλεια τροφοδοσίας {gasped}, δεν ακούγονται {lost}), ζωντανά {alive}, δεν ήρθε ακόμη η ώρα τους {pending}',
  ],
  ['all from position {from} on; alive up to {reach}', 'όλα από τη θέση {from} και πέρα· ζωντανά έως τη θέση {reach}'],
  ['cabinets {ids}', 'πίλαρ {ids}'],
  ['went out one after another from the far end of the line', 'έσβησαν το ένα μετά το άλλο από το τέλος της γραμμής'],
  ['{lights} lights did not come back with the others', 'δεν επέστρεψαν μαζί με τα άλλα: {lights}'],
  ['all {lights} lights are back', 'επέστρεψαν και τα {lights} φωτιστικά'],
  ['{lights} lights burn while scheduled off', 'φωτιστικά που ανάβουν ενώ έπρεπε να είναι σβηστά: {lights}'],
  ['{lights} lights measure the same', 'μετρούν το ίδιο {lights} φωτιστικά'],
  [
    '{dark} of {lights} lights that should be on are dark',
    'σκοτεινά {dark} από τα {lights} φωτιστικά που πρέπει να ανάβουν',
  ],
  // The platform itself
  ['{silent} of {lights} lights fell silent together', 'σιώπησαν μαζί {silent} από {lights} φωτιστικά'],
  ['nothing could be heard for {minutes} min', 'δεν ακουγόταν τίποτε επί {minutes} λεπτά'],
  [
    'the newest readings of {late} of {lights} lights are up to {minutes} min old when they come',
    'οι νεότερες μετρήσεις {late} από {lights} φωτιστικά φτάνουν με καθυστέρηση έως {minutes} λεπτά',
  ],
  // Energy of solar lights
  [
    'probability {share} %: {left} Wh left, {needed} Wh needed until dawn, charge {charge} %',
    'πιθανότητα {share} %: απομένουν {left} Wh, χρειάζονται {needed} Wh ως την αυγή, φόρτιση {charge} %',
  ],
  ['probability of darkness down to {share} %', 'η πιθανότητα σκότους έπεσε στο {share} %'],
  ['a usual day brings {energy} Wh', 'μια συνηθισμένη ημέρα δίνει {energy} Wh'],
  ['the last one {share} % of clear sky', 'η τελευταία έδωσε το {share} % ανέφελου ουρανού'],
  ['a night takes {energy} Wh', 'μια νύχτα χρειάζεται {energy} Wh'],
  ['no night planned', 'δεν υπάρχει προγραμματισμένη νύχτα'],
  ['{hours} h of strong sun without charge', '{hours} ώρες δυνατού ήλιου χωρίς φόρτιση'],
  ['{charging} of {known} neighbours charge', 'φορτίζουν {charging} από {known} γειτονικά'],
  ['charging with {power} W', 'φορτίζει με {power} W'],
  [
    "median of {days} days: {share} % of the neighbours' yield per Wp; mornings {morning} %, afternoons {afternoon} % of clear sky",
    'διάμεσος {days} ημερών: το {share} % της απόδοσης των γειτονικών ανά Wp· πρωινά {morning} %, απογεύματα {afternoon} % ανέφελου ουρανού',
  ],
  ["{share} % of the neighbours' yield", 'το {share} % της απόδοσης των γειτονικών'],
  ["{share} % ± {error} % of the nameplate's {capacity} Wh", '{share} % ± {error} % των {capacity} Wh της πινακίδας'],
  ['charge {share} % at dusk', 'φόρτιση {share} % στο σούρουπο'],
  ['charge {share} %', 'φόρτιση {share} %'],
]

const faultTitles: ReadonlyMap<string, string> = new Map(
  faultNames.map((name) => [name, `«${faultCatalogue[name].title.el}»`]),
)
const asItIs: ReadonlyMap<string, string> = new Map()

/** What stands for something other than a number: its pattern, and the Greek of its words. */
const words: Record<string, { pattern: string; el: ReadonlyMap<string, string> }> = {
  fault: { pattern: faultNames.join('|'), el: faultTitles },
  ids: { pattern: '.+', el: asItIs },
  load: {
    pattern: '[a-zA-Z]+',
    el: new Map([
      ['on', 'συνδεδεμένο'],
      ['off', 'σβηστό'],
      ['lowVoltageDisconnect', 'κομμένο λόγω χαμηλής τάσης'],
      ['fault', 'σε βλάβη'],
    ]),
  },
  sign: {
    pattern: 'lit|unlit|none',
    el: new Map([
      ['lit', 'ανάβει'],
      ['unlit', 'δεν ανάβει'],
      ['none', 'χωρίς ένδειξη φωτός'],
    ]),
  },
}

const placeholder = /\{(\w+)\}/g
const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&')

const patterns = sentences.map(([en, el]) => ({
  names: [...en.matchAll(placeholder)].map(([, name = '']) => name),
  pattern: new RegExp(
    `^${escaped(en).replace(placeholder, (_, name: string) => `(${words[name]?.pattern ?? '-?[\\d.]+(?:e[+-]?\\d+)?'})`)}$`,
  ),
  el,
}))

const sayInGreek = (en: string): string | null => {
  for (const { names, pattern, el } of patterns) {
    const found = pattern.exec(en)
    if (found === null) continue
    const greek = new Map(
      names.map((name, i) => {
        const told = found[i + 1] ?? ''
        const known = words[name]
        return [name, known === undefined ? told.replace('.', ',') : (known.el.get(told) ?? told)]
      }),
    )
    return el.replace(placeholder, (_, name: string) => greek.get(name) ?? '')
  }
  return null
}

/** The Greek of a fact's `detail`; `null` for a sentence that is not the detector's. Facts that are listed are said one by one. */
export const evidenceInGreek = (detail: string): string | null => {
  const whole = detail === '' ? '' : sayInGreek(detail)
  if (whole !== null) return whole
  const parts = detail.split(/(, |; )/)
  const said = parts.map((part, i) => (i % 2 === 1 ? (part === '; ' ? '· ' : part) : sayInGreek(part)))
  return said.includes(null) ? null : said.join('')
}

/** A fact in the languages of the pages. One that has no Greek, such as an older version's, stays as it was told. */
export const evidenceWords = (detail: string): Words => ({ el: evidenceInGreek(detail) ?? detail, en: detail })
