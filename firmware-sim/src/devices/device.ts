import type { Controller } from '../firmware/controller.ts'

/** Anything in the town that has a controller. */
export interface Device {
  readonly controller: Controller
  start(): void
  /** Called whenever a fault that bears on it has begun or ended. */
  update(): void
}
