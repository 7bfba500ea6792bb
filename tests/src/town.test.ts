import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Incident, Ticket } from '@fanari/contracts'
import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { createPlatformProcess } from './platform-process.ts'

/** Simulated seconds a second: the first evening's circuit trips after a quarter of a minute and is repaired after half of one. */
const speed = 120

/** What the simulated town knows of itself, and tells nobody but this file. */
interface TruthLine {
  at: string
  event: 'fault.started' | 'fault.repaired' | 'light.changed'
  fault?: string
  target?: string
  affected?: string[]
}

test('the simulated town at dusk: lights come on, a circuit trips, one ticket, the repair closes it', {
  timeout: 240_000,
}, async ({ onTestFinished }) => {
  const platform = await createPlatformProcess({
    FANARI_TOWN: 'orestiada',
    FANARI_TOWN_LIGHTS: '300',
    FANARI_SPEED: String(speed),
    FANARI_DEVICE_AUTH: 'closed',
  })
  onTestFinished(() => platform.dispose())
  await platform.start()
  const town = platform.api.town('orestiada')
  const truth = (): TruthLine[] => {
    const file = join(platform.folder, 'data', 'truth.ndjson')
    if (!existsSync(file)) return []
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as TruthLine)
  }
  const told = (event: TruthLine['event']): TruthLine => {
    const line = truth().find((line) => line.event === event && line.fault === 'circuitTrip')
    if (line === undefined) throw new Error(`no ${event} of a circuit yet`)
    return line
  }
  const ofCircuit = ({ scope, fault }: Incident, circuit: string): boolean =>
    fault === 'circuitOutage' && scope.kind === 'circuit' && scope.id === circuit
  const concerns = ({ members }: Ticket, lights: readonly string[]): boolean =>
    members.some((id) => lights.includes(id))

  await eventually(async () => {
    const communities = await town.communities()
    const lit = communities.reduce((sum, community) => sum + community.lit, 0)
    expect(lit).toBeGreaterThan(200)
  }, 60)

  const trip = await eventually(() => told('fault.started'), 60)
  const circuit = trip.target ?? ''
  const dark = trip.affected ?? []
  const opened = await eventually(async () => {
    const [incident, ...others] = (await town.incidents()).filter((one) => ofCircuit(one, circuit))
    expect(others).toEqual([])
    expect(incident?.members).toEqual([...dark].sort())
    return incident
  }, 60)
  const tickets = (await town.tickets()).filter((ticket) => concerns(ticket, dark))
  expect(tickets).toMatchObject([{ id: opened?.ticket, incident: opened?.id, category: 'street-dark', status: 'open' }])
  // No sooner than it happened, by either clock.
  expect(Date.parse(opened?.detectedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(trip.at))

  const repair = await eventually(() => told('fault.repaired'), 90)
  const closed = await eventually(async () => {
    const ticket = (await town.tickets()).find(({ id }) => id === opened?.ticket)
    expect(ticket?.status).toBe('closed')
    return ticket
  }, 60)
  expect(Date.parse(closed?.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(repair.at))
  expect((await town.tickets()).filter((ticket) => concerns(ticket, dark))).toHaveLength(1)

  // Whatever else has a ticket by now is a fault that the town knows of.
  const broken = truth().filter(({ event }) => event === 'fault.started')
  for (const { members } of await town.tickets()) {
    expect(broken.some(({ affected = [] }) => members.every((id) => affected.includes(id)))).toBe(true)
  }

  expect(await platform.stop()).toEqual({ code: 0 })
  expect(platform.log.filter(({ level }) => level === 'error')).toEqual([])
})
