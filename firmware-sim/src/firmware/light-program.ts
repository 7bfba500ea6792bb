import {
  type CommandResult,
  type DeviceCommand,
  hourMs,
  type Instant,
  type ProgramStep,
  programStepSchema,
} from '@fanari/contracts'
import { z } from 'zod'
import type { World } from '../world.ts'
import { levelAt, type NightPlan, nextChangeAfter, planNight } from './program.ts'

const stepsSchema = z.array(programStepSchema).min(1).max(48)
/** No lighting night is shorter: between the days on which the clocks change. */
const shortestNightMs = 23 * hourMs
const plansKept = 3

/** What a light's firmware has been told to do: the steps of its program, night by night, and an override of them. */
export class LightProgram {
  readonly #world: World
  readonly #community: string
  readonly #skewMs: number
  /** Called when a change of level is due, and when a command changes it. */
  readonly #changed: () => void
  #steps: ProgramStep[]
  /** Of the nights it lives in; there are two when its clock is wrong. */
  #plans: { noon: Instant; night: NightPlan }[] = []
  #override: { level: number; until: Instant | null } | null = null
  #shiftMs = 0
  #followed = 0

  constructor(options: {
    world: World
    community: string
    steps: ProgramStep[]
    skewMs: number
    changed: () => void
  }) {
    this.#world = options.world
    this.#community = options.community
    this.#skewMs = options.skewMs
    this.#changed = options.changed
    this.#steps = options.steps
  }

  get isOverridden(): boolean {
    return this.#override !== null
  }

  /** The level by the light's own clock [%]. */
  get asked(): number {
    return this.#levelAt(this.#world.now() + this.#shiftMs)
  }

  /** The level by the true time [%]. */
  get due(): number {
    return this.#levelAt(this.#world.now())
  }

  /** Begins to call at each change of level; again, when the light's clock is now `shiftMs` wrong. */
  follow(shiftMs: number): void {
    this.#shiftMs = shiftMs
    const ordinal = ++this.#followed
    const next = (shift: number): Instant => {
      const at = this.#world.now() + shift
      return nextChangeAfter(this.#planAt(at), at, this.#world.nightOf(this.#community, at)) - shift
    }
    // By its own clock, and by the true one, which tells when it does wrong.
    this.#world.schedule(shiftMs === 0 ? next(0) : Math.min(next(0), next(shiftMs)), () => {
      if (ordinal !== this.#followed) return
      this.follow(this.#shiftMs)
      this.#changed()
    })
  }

  /** An override does not survive the loss of the supply. */
  forgetOverride(): void {
    this.#override = null
  }

  execute(command: DeviceCommand): Omit<CommandResult, 'id'> {
    const now = this.#world.now()
    switch (command.type) {
      case 'setLevel': {
        if (command.level === undefined) return { status: 'rejected', reason: 'level: missing' }
        const until = command.until ?? null
        if (until !== null && until <= now) return { status: 'expired', reason: 'until: has passed' }
        this.#override = { level: command.level, until }
        if (until !== null) this.#world.schedule(until, this.#changed)
        break
      }
      case 'resume':
        this.#override = null
        break
      default: {
        const steps = stepsSchema.safeParse(command.program)
        if (!steps.success) return { status: 'rejected', reason: 'program: must be an array of steps' }
        this.#steps = steps.data
        this.#plans = []
        this.follow(this.#shiftMs)
      }
    }
    this.#changed()
    return { status: 'applied' }
  }

  #levelAt(at: Instant): number {
    if (this.#override?.until != null && this.#override.until <= this.#world.now()) this.#override = null
    return this.#override?.level ?? levelAt(this.#planAt(at), at)
  }

  #planAt(at: Instant): NightPlan {
    for (const { noon, night } of this.#plans) if (at >= noon && at < noon + shortestNightMs) return night
    const night = this.#world.nightOf(this.#community, at)
    for (const plan of this.#plans) if (plan.noon === night.noon) return plan.night
    const plan = planNight(this.#steps, night, this.#world.zone, this.#skewMs)
    this.#plans = [{ noon: night.noon, night: plan }, ...this.#plans.slice(0, plansKept - 1)]
    return plan
  }
}
