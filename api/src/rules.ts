/**
 * What the citizen line decides without a database and without HTTP: who is who, which ticket an incident opens, how well a town was lit.
 * A door of its own, because replay asks for nothing else and the whole service takes half a second to load.
 * @module
 */
export { townIndices } from './indices/town-indices.ts'
export { type AssetFacts, createInventory } from './register/inventory.ts'
export { createTicketBook, type TicketBook } from './tickets/book.ts'
export type { TicketChange } from './tickets/step.ts'
