import { z } from 'zod'
import { type FaultDescription, type FaultEntry, faultDescriptionSchema } from './fault-entry.ts'
import { type FaultName, faultNames, ownFaultNames, talqFaultNames } from './fault-names.ts'
import { ownFaults } from './own-faults.ts'
import { reasonSchema, reasons, resolutionSchema, resolutions } from './reasons.ts'
import { talqFaults } from './talq-faults.ts'
import { lightingCategories, lightingCategorySchema, serviceSchema, services } from './tickets.ts'

const inBothLanguages = z.object({ el: z.string(), en: z.string() })

/** `GET /api/v1/catalogue`. */
export const catalogueSchema = z.object({
  faults: z.array(faultDescriptionSchema),
  reasons: z.record(reasonSchema, inBothLanguages),
  resolutions: z.record(resolutionSchema, inBothLanguages),
  categories: z.record(lightingCategorySchema, inBothLanguages),
  services: z.record(serviceSchema, inBothLanguages),
})
export type Catalogue = z.infer<typeof catalogueSchema>

const describeFault = (fault: FaultName, talq: string | null, entry: FaultEntry): [FaultName, FaultDescription] => [
  fault,
  { fault, talq, ...entry },
]

/** Every fault of CONTRACT section 2, by name. */
export const faultCatalogue = Object.fromEntries([
  ...talqFaultNames.map((fault) => describeFault(fault, fault, talqFaults[fault])),
  ...ownFaultNames.map((fault) => describeFault(fault, null, ownFaults[fault])),
]) as Readonly<Record<FaultName, FaultDescription>>

/** The whole catalogue as it is published. */
export const catalogue: Catalogue = {
  faults: faultNames.map((fault) => faultCatalogue[fault]),
  reasons,
  resolutions,
  categories: lightingCategories,
  services,
}
