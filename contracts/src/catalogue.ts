import { z } from 'zod'
import { categories, categoryCatalogueSchema } from './categories.ts'
import { categoryGroupSchema, categoryGroups } from './category-entry.ts'
import { dangerFlagSchema, dangerFlags } from './danger.ts'
import { type FaultDescription, type FaultEntry, faultDescriptionSchema } from './fault-entry.ts'
import { type FaultName, faultNames, ownFaultNames, talqFaultNames } from './fault-names.ts'
import { ownFaults } from './own-faults.ts'
import { reasonSchema, reasons, resolutionSchema, resolutions } from './reasons.ts'
import { serviceSchema, services } from './services.ts'
import { talqFaults } from './talq-faults.ts'

const inBothLanguages = z.object({ el: z.string(), en: z.string() })

/** `GET /api/v1/catalogue`. */
export const catalogueSchema = z.object({
  faults: z.array(faultDescriptionSchema),
  reasons: z.record(reasonSchema, inBothLanguages),
  resolutions: z.record(resolutionSchema, inBothLanguages),
  categories: categoryCatalogueSchema,
  categoryGroups: z.record(categoryGroupSchema, inBothLanguages),
  dangerFlags: z.record(dangerFlagSchema, inBothLanguages),
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
  categories,
  categoryGroups,
  dangerFlags,
  services,
}
