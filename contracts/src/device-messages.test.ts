import { describe, expect, test } from 'vitest'
import { commandResultSchema, deviceCommandSchema, deviceEventSchema, deviceStatusSchema } from './device-messages.ts'

const at = '2026-01-14T16:00:00Z'

describe('a status', () => {
  test.each([
    ['a birth', { state: 'online', session: '7f3a', firmware: '2.4.1', at }],
    ['a will, which cannot know its time', { state: 'offline', session: '7f3a' }],
    ['an announced sleep', { state: 'sleeping', at: 1_768_406_400_000 }],
    ['the state alone', { state: 'online' }],
  ])('%s is taken', (_what, status) => {
    expect(deviceStatusSchema.safeParse(status).success).toBe(true)
  })

  test.each([
    ['no state', { session: '7f3a' }],
    ['a state that is none', { state: 'awake' }],
    ['a state in capitals', { state: 'ONLINE' }],
    ['an empty session', { state: 'online', session: '' }],
    ['a session of 65 characters', { state: 'online', session: 's'.repeat(65) }],
    ['a session that is a number', { state: 'online', session: 7 }],
    ['a time without zone', { state: 'online', at: '2026-01-14T16:00:00' }],
    ['text alone', 'online'],
    ['nothing', null],
  ])('%s is refused', (_what, status) => {
    expect(deviceStatusSchema.safeParse(status).success).toBe(false)
  })

  test('fields the contract does not name are left out', () => {
    expect(deviceStatusSchema.parse({ state: 'online', ip: '10.0.0.1' })).toEqual({ state: 'online' })
  })
})

describe('an event', () => {
  test.each([
    ['a last gasp', { type: 'supplyLoss', at }],
    ["a device's own event with details", { type: 'lidOpened', at, details: { times: 3, tags: ['x', null] } }],
  ])('%s is taken', (_what, event) => {
    expect(deviceEventSchema.safeParse(event).success).toBe(true)
  })

  test.each([
    ['no time', { type: 'supplyLoss' }],
    ['no type', { at }],
    ['an empty type', { type: '', at }],
    ['a type of 65 characters', { type: 't'.repeat(65), at }],
    ['details that are text', { type: 'supplyLoss', at, details: 'dark' }],
    ['details that are an array', { type: 'supplyLoss', at, details: [1] }],
  ])('%s is refused', (_what, event) => {
    expect(deviceEventSchema.safeParse(event).success).toBe(false)
  })
})

describe('a command', () => {
  test.each([
    ['dimming', { id: 'c-1', type: 'setLevel', level: 40 }],
    ['dimming until a time', { id: 'c-1', type: 'setLevel', level: 0, until: at }],
    ['back to the program', { id: 'c-1', type: 'resume' }],
    ['a poll', { id: 'c-1', type: 'poll' }],
    ['a reboot', { id: 'c-1', type: 'reboot' }],
    ['a program', { id: 'c-1', type: 'setProgram', program: [{ at: 'dusk', level: 100 }] }],
  ])('%s is taken', (_what, command) => {
    expect(deviceCommandSchema.safeParse(command).success).toBe(true)
  })

  test.each([
    ['a type that is none', { id: 'c-1', type: 'explode' }],
    ['no id', { type: 'poll' }],
    ['an id with a slash', { id: 'c/1', type: 'poll' }],
    ['a level above 100', { id: 'c-1', type: 'setLevel', level: 101 }],
    ['a level below 0', { id: 'c-1', type: 'setLevel', level: -1 }],
    ['a program without steps', { id: 'c-1', type: 'setProgram', program: [] }],
    ['a program that is text', { id: 'c-1', type: 'setProgram', program: 'dark' }],
  ])('%s is refused', (_what, command) => {
    expect(deviceCommandSchema.safeParse(command).success).toBe(false)
  })
})

describe('a result', () => {
  test.each([
    ['applied', { id: 'c-1', status: 'applied' }],
    ['rejected with a reason', { id: 'c-1', status: 'rejected', reason: 'no dimmer' }],
    ['expired', { id: 'c-1', status: 'expired' }],
  ])('%s is taken', (_what, result) => {
    expect(commandResultSchema.safeParse(result).success).toBe(true)
  })

  test.each([
    ['a status that is none', { id: 'c-1', status: 'done' }],
    ['no id', { status: 'applied' }],
    ['a reason of 257 characters', { id: 'c-1', status: 'rejected', reason: 'r'.repeat(257) }],
  ])('%s is refused', (_what, result) => {
    expect(commandResultSchema.safeParse(result).success).toBe(false)
  })
})
