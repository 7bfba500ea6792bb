import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventQueue } from './event-queue.ts'

test('actions run in order of time, and of scheduling among equals', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (times) => {
      const queue = createEventQueue(0)
      const ran: [number, number][] = []
      times.forEach((at, i) => {
        queue.schedule(at, () => ran.push([queue.now(), i]))
      })
      queue.advanceTo(50)
      const expected = times.map((at, i): [number, number] => [at, i]).sort(([a, i], [b, j]) => a - b || i - j)
      expect(ran).toEqual(expected)
    }),
  )
})

test('what lies ahead waits, what an action schedules within the advance runs, and time never goes back', () => {
  const queue = createEventQueue(100)
  const ran: string[] = []
  queue.schedule(50, () => ran.push(`past at ${queue.now()}`))
  queue.schedule(110, () => queue.schedule(115, () => ran.push(`nested at ${queue.now()}`)))
  queue.schedule(121, () => ran.push('later'))
  queue.advanceTo(120)
  expect(ran).toEqual(['past at 100', 'nested at 115'])
  expect(queue.now()).toBe(120)
  expect(queue.nextAt()).toBe(121)
  queue.advanceTo(90)
  expect(queue.now()).toBe(120)
})
