/**
 * The register, the citizen line's tickets and the HTTP door.
 * @module
 */
export { roles } from './access/permissions.ts'
export { type Api, type ApiOptions, createApi } from './create-api.ts'
export { townIndices } from './indices/town-indices.ts'
export { type AssetFacts, createInventory, type Inventory } from './register/inventory.ts'
export { createTicketBook, type TicketBook } from './tickets/book.ts'
export type { TicketChange } from './tickets/step.ts'
