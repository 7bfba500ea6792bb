import { z } from 'zod'

/** Who repairs or answers: the services a ticket can be routed to. */
export const services = {
  municipalLighting: { el: 'Συνεργείο ηλεκτροφωτισμού Δήμου', en: 'Municipal lighting crew' },
  networkOperator: { el: 'ΔΕΔΔΗΕ', en: 'Distribution network operator (HEDNO)' },
  solarMaintenance: { el: 'Συντήρηση φωτοβολταϊκών φωτιστικών', en: 'Solar light maintenance' },
  communications: { el: 'Τηλεπικοινωνίες και πλατφόρμα', en: 'Communications and platform' },
  emergency: { el: 'Άμεση επέμβαση Δήμου', en: 'Municipal emergency response' },
  roads: { el: 'Οδοποιία και σήμανση', en: 'Roads and signs' },
  cleaning: { el: 'Υπηρεσία καθαριότητας', en: 'Waste and street cleaning' },
  water: { el: 'Ύδρευση και αποχέτευση (ΔΕΥΑ)', en: 'Water and sewerage' },
  greenery: { el: 'Υπηρεσία πρασίνου', en: 'Parks and trees' },
  municipalPolice: { el: 'Δημοτική Αστυνομία', en: 'Municipal police' },
  animals: { el: 'Γραφείο ζώων συντροφιάς', en: 'Companion animals office' },
  buildings: { el: 'Τεχνική υπηρεσία: κτίρια και κοινόχρηστοι χώροι', en: 'Buildings and public spaces' },
  health: { el: 'Υπηρεσία υγείας και περιβάλλοντος', en: 'Health and environment' },
  citizenService: { el: 'Γραμμή Δημότη', en: 'Citizen line' },
} as const
export type Service = keyof typeof services
export const serviceSchema = z.enum(Object.keys(services) as [Service, ...Service[]])
