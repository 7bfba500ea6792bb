import { z } from 'zod'

/** What a reporter can say of danger. Each of them ends the form: call now, the rest is not needed. */
export const dangerFlags = {
  poleDown: { el: 'Πεσμένος ή ετοιμόρροπος ιστός', en: 'Pole down or about to fall' },
  looseWires: { el: 'Κρεμασμένα ή γυμνά καλώδια', en: 'Hanging or bare wires' },
  hatchOpen: { el: 'Ανοιχτή θυρίδα ή κιβώτιο', en: 'Open hatch or box' },
  collision: { el: 'Σύγκρουση οχήματος', en: 'A vehicle has hit it' },
  electricShock: { el: 'Σπινθήρες, καπνός ή ηλεκτροπληξία', en: 'Sparks, smoke or electric shock' },
  roadUnsafe: { el: 'Άμεσος κίνδυνος για διερχόμενους', en: 'Immediate danger to passers-by' },
} as const
export type DangerFlag = keyof typeof dangerFlags
export const dangerFlagSchema = z.enum(Object.keys(dangerFlags) as [DangerFlag, ...DangerFlag[]])

/** What is answered to a dangerous report: stop the form, call this number. */
export const dangerSchema = z.object({
  stop: z.literal(true),
  call: z.string().describe("The municipality's duty number"),
  el: z.string(),
  en: z.string(),
})
export type Danger = z.infer<typeof dangerSchema>
