import { z } from 'zod'

/**
 * Why something is believed: a closed list, published with the fault catalogue. A decision of the detector always carries one, so that
 * it can be explained, counted and tested.
 */
export const reasons = {
  // of a light's state
  poweredAsExpected: { el: 'Ανάβει: η ισχύς είναι η αναμενόμενη', en: 'Lit: power is as expected' },
  notScheduled: { el: 'Σβηστό: δεν προβλέπεται να ανάβει τώρα', en: 'Off: not scheduled to be on now' },
  twilight: { el: 'Λυκόφως: επιτρέπεται αναμμένο ή σβηστό', en: 'Twilight: on and off are both in order' },
  settling: {
    el: 'Μόλις άλλαξε το πρόγραμμα· αναμονή',
    en: 'The program has just switched; waiting for the lamp to settle',
  },
  awaitingConfirmation: {
    el: 'Ένδειξη βλάβης, αναμένεται επιβεβαίωση',
    en: 'A sign of a fault; waiting for confirmation',
  },
  neverReported: { el: 'Δεν έχει αναφέρει ποτέ', en: 'Has never reported' },
  silent: { el: 'Δεν ακούγεται', en: 'Not heard from' },
  silentByDay: {
    el: 'Σιωπά την ημέρα· το κύκλωμα μπορεί να διακόπτεται',
    en: 'Silent by day; its circuit may be switched off',
  },
  sleeping: { el: 'Η συσκευή δήλωσε ότι κοιμάται', en: 'The device announced that it sleeps' },
  noLightEvidence: { el: 'Αναφέρει, αλλά όχι αν φωτίζει', en: 'Reports, but not whether it gives light' },
  underMaintenance: { el: 'Σε συντήρηση', en: 'Under maintenance' },
  // of incidents
  noPowerWhenExpectedOn: { el: 'Δεν καταναλώνει ενώ έπρεπε να ανάβει', en: 'Draws no power though it should be lit' },
  raisedByDevice: { el: 'Το δηλώνει η ίδια η συσκευή', en: 'Raised by the device itself' },
  powerWhenExpectedOff: { el: 'Καταναλώνει ενώ έπρεπε να είναι σβηστό', en: 'Draws power though it should be off' },
  lastGasp: { el: 'Ειδοποίησε ότι έχασε την τροφοδοσία', en: 'Announced the loss of its supply' },
  noSupplyVoltage: { el: 'Δεν έχει τάση τροφοδοσίας', en: 'Has no supply voltage' },
  loadDisconnected: {
    el: 'Ο ρυθμιστής έκοψε το φορτίο: άδεια μπαταρία',
    en: 'The charge controller cut the load: battery empty',
  },
  missedReports: { el: 'Έχασε διαδοχικές αναφορές', en: 'Missed reports in a row' },
  connectionLost: { el: 'Χάθηκε η σύνδεσή του και δεν επέστρεψε', en: 'Its connection was lost and did not come back' },
  membersDarkTogether: {
    el: 'Τα μέλη έσβησαν μαζί, κανένα δεν ζει',
    en: 'Members went dark together and none is alive',
  },
  membersSilentTogether: {
    el: 'Τα μέλη σίγησαν μαζί, κανένα δεν ζει',
    en: 'Members went silent together and none is alive',
  },
  tailDarkTogether: {
    el: 'Έσβησαν μαζί όλα μετά από ένα σημείο της γραμμής: πιθανή κομμένη γραμμή',
    en: 'All beyond one point of the line went dark together: the cable is probably cut',
  },
  tailSilentTogether: {
    el: 'Σίγησαν μαζί όλα μετά από ένα σημείο της γραμμής: πιθανή κομμένη γραμμή',
    en: 'All beyond one point of the line went silent together: the cable is probably cut',
  },
  silenceSpreading: {
    el: 'Σβήνουν το ένα μετά το άλλο από την άκρη της γραμμής προς το πίλαρ',
    en: 'They go out one after another from the far end of the line toward the cabinet',
  },
  neighbouringCabinets: {
    el: 'Γειτονικά πίλαρ έχασαν μαζί την τροφοδοσία τους',
    en: 'Neighbouring cabinets lost their supply together',
  },
  contactorOpen: {
    el: 'Το πίλαρ έχει τάση, αλλά δεν δίνει ρεύμα στα φωτιστικά',
    en: 'The cabinet has its supply but feeds none of its lights',
  },
  breakerTripped: { el: 'Το πίλαρ δηλώνει πτώση ασφάλειας', en: 'The cabinet says that a breaker has tripped' },
  feederLoadFell: {
    el: 'Σίγησε και το φορτίο της φάσης έπεσε κατά την ισχύ του',
    en: 'Went silent, and the load of its phase fell by its power',
  },
  silentButLoadCarried: {
    el: 'Σίγησαν μαζί, αλλά το πίλαρ δίνει ακόμη το ρεύμα τους',
    en: 'Went silent together, but the cabinet still carries their load',
  },
  gatewayUnreachable: {
    el: 'Όσα μιλούν μέσω της πύλης σίγησαν μαζί',
    en: 'All that speak through the gateway went silent together',
  },
  powerOffBaseline: {
    el: 'Η ισχύς απέχει από τη συνήθη του φωτιστικού',
    en: 'Its power is not the one this lamp usually takes',
  },
  powerOffRating: {
    el: 'Η ισχύς απέχει από την ονομαστική και από τα όμοια φωτιστικά',
    en: 'Its power is neither its rated one nor that of lamps like it',
  },
  powerSinksSlowly: { el: 'Η ισχύς πέφτει αργά', en: 'Its power sinks slowly' },
  higherLevelThanPlanned: {
    el: 'Ανάβει σε υψηλότερη στάθμη από την προβλεπόμενη',
    en: 'Lit at a higher level than planned or reported',
  },
  goesOffAndOn: { el: 'Σβήνει και ανάβει χωρίς εντολή', en: 'Goes off and on again unasked' },
  loadWhenSwitchedOff: {
    el: 'Καταναλώνει με στάθμη 0: κολλημένη επαφή',
    en: 'Draws power at level 0: a welded contact',
  },
  outsideLimits: { el: 'Μέτρηση εκτός ορίων', en: 'A measurement lies outside its limits' },
  membersOutsideLimits: {
    el: 'Ίδια μέτρηση εκτός ορίων σε πολλά μέλη',
    en: 'The same measurement lies outside its limits at several members',
  },
  membersBurnByDay: { el: 'Τα μέλη ανάβουν μαζί την ημέρα', en: 'Members burn together by day' },
  poleHit: { el: 'Χτυπήθηκε ο ιστός', en: 'The pole was hit' },
  doorLeftOpen: { el: 'Η θύρα έμεινε ανοιχτή', en: 'The door was left open' },
  loadBesideLamps: {
    el: 'Ο μετρητής δείχνει περισσότερα από τα φωτιστικά',
    en: 'The meter shows more than the lamps can take',
  },
  stampsOffArrival: {
    el: 'Η ώρα των μηνυμάτων δεν είναι η ώρα της άφιξης',
    en: 'Its time stamps do not fit their arrival',
  },
  poorDelivery: { el: 'Χάνονται πολλά μηνύματα', en: 'Many of its reports are lost' },
  restartedAfterSilence: {
    el: 'Σίγησε τη νύχτα και επέστρεψε με μηδενισμένους μετρητές: είχε χάσει την τροφοδοσία',
    en: 'Fell silent by night and came back with its counters begun anew: it had lost its supply',
  },
  darkInHistory: {
    el: 'Οι μετρήσεις που ήρθαν αργότερα δείχνουν ότι ήταν σβηστό',
    en: 'Readings that came later show that it was dark',
  },
  shareOfCommunityDark: { el: 'Μεγάλο μέρος της κοινότητας στο σκοτάδι', en: 'A large share of the community is dark' },
  energyShortWeather: {
    el: 'Η ενέργεια δεν φτάνει ως την αυγή: λίγος ήλιος τις τελευταίες ημέρες',
    en: 'Energy will not last until dawn: little sun in the last days',
  },
  energyShortFault: {
    el: 'Η ενέργεια δεν φτάνει ως την αυγή: βλάβη συλλέκτη, φορτιστή ή μπαταρίας',
    en: 'Energy will not last until dawn: a fault of panel, charger or battery',
  },
  energyShortDesign: {
    el: 'Η ενέργεια δεν φτάνει ως την αυγή: μικρός συλλέκτης για την εποχή',
    en: 'Energy will not last until dawn: the panel is too small for the season',
  },
  noChargeUnderSun: {
    el: 'Δεν φορτίζει με δυνατό ήλιο, ενώ τα γειτονικά φορτίζουν',
    en: 'Takes no charge under a strong sun, while its neighbours do',
  },
  yieldShortAllDay: {
    el: 'Ο συλλέκτης αποδίδει λιγότερο από τους γειτονικούς όλες τις ώρες: σκόνη ή φθορά',
    en: 'The panel yields less than its neighbours at all hours: dirt or wear',
  },
  yieldShortSomeHours: {
    el: 'Ο συλλέκτης αποδίδει λιγότερο από τους γειτονικούς κάποιες ώρες: σκιά',
    en: 'The panel yields less than its neighbours at some hours: shade',
  },
  capacityLost: {
    el: 'Η μπαταρία έχει χάσει χωρητικότητα',
    en: 'The battery has lost capacity',
  },
  ownDowntime: { el: 'Η ίδια η πλατφόρμα δεν άκουγε', en: 'The platform itself could not hear' },
  massSilence: {
    el: 'Σίγησαν σχεδόν όλα: πιθανότερη αιτία εμείς',
    en: 'Nearly everything went silent: we are the likelier cause',
  },
  slowIngest: {
    el: 'Οι μετρήσεις φτάνουν όλο και πιο αργά σε εμάς',
    en: 'Readings reach the platform with growing delay',
  },
  clockJumped: { el: 'Το ρολόι της πλατφόρμας άλλαξε απότομα', en: "The platform's clock has jumped" },
} as const satisfies Record<string, { el: string; en: string }>

export type Reason = keyof typeof reasons
const reasonNames = Object.keys(reasons) as [Reason, ...Reason[]]
export const reasonSchema = z.enum(reasonNames)

/** How an incident ended; of a `communicationFailure` it is `stillRunning`, `restarted` or `unknown`. */
export const resolutions = {
  litAgain: { el: 'Ανάβει ξανά', en: 'Lit again' },
  offAgain: { el: 'Σβήνει ξανά κανονικά', en: 'Goes off again as planned' },
  supplyRestored: { el: 'Επανήλθε η τροφοδοσία', en: 'Supply restored' },
  clearedByDevice: { el: 'Η συσκευή δεν το δηλώνει πλέον', en: 'No longer raised by the device' },
  withinLimits: { el: 'Οι μετρήσεις είναι ξανά κανονικές', en: 'Measured in order again' },
  stillRunning: { el: 'Λειτουργούσε: οι μετρητές προχώρησαν', en: 'Was running meanwhile: its counters advanced' },
  restarted: { el: 'Επανεκκίνησε', en: 'Had restarted' },
  unknown: { el: 'Επανήλθε· άγνωστο τι συνέβη', en: 'Came back; what happened is not known' },
  membersReturned: { el: 'Τα μέλη επανήλθαν', en: 'Its members came back' },
  absorbed: { el: 'Εξηγείται από ευρύτερη αιτία', en: 'Explained by a wider cause' },
  split: {
    el: 'Μερική αποκατάσταση: τα υπόλοιπα κρίνονται χωριστά',
    en: 'Partly restored: the rest is judged separately',
  },
  autonomyRegained: { el: 'Η ενέργεια φτάνει ως την αυγή', en: 'Its energy lasts until dawn again' },
  chargingAgain: { el: 'Φορτίζει ξανά', en: 'Charging again' },
  yieldRegained: { el: 'Ο συλλέκτης αποδίδει ξανά', en: 'The panel yields as its neighbours again' },
  capacityRegained: { el: 'Η μπαταρία έχει ξανά τη χωρητικότητά της', en: 'The battery has its capacity again' },
  scheduleEnded: { el: 'Έληξε το πρόγραμμα φωτισμού της νύχτας', en: 'The lighting night ended' },
  hearingAgain: { el: 'Ακούμε ξανά', en: 'The platform hears again' },
  underMaintenance: { el: 'Μπήκε σε συντήρηση', en: 'Put under maintenance' },
  foundInHistory: {
    el: 'Διαπιστώθηκε εκ των υστέρων, αφού είχε λήξει',
    en: 'Found afterwards, when it was already over',
  },
  assetRemoved: { el: 'Άλλαξε το μητρώο', en: 'The register changed' },
} as const satisfies Record<string, { el: string; en: string }>

export type Resolution = keyof typeof resolutions
export const resolutionSchema = z.enum(Object.keys(resolutions) as [Resolution, ...Resolution[]])
