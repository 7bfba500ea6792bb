import type { IncidentChange, IncidentSink } from '@fanari/contracts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createIncidentDelivery, type IncidentDelivery } from './incident-delivery.ts'
import { quiet } from './testing/journal.ts'
import { until } from './testing/until.ts'

const deliveryTo = (apply: IncidentSink['apply']): IncidentDelivery => {
  const delivery = createIncidentDelivery({ incidents: { apply }, log: quiet, retryMs: 1 })
  onTestFinished(() => delivery.stop())
  return delivery
}
const none: IncidentChange[] = []

describe('incident changes on their way to the citizen line', () => {
  test('are stored at once by a sink that stores before it returns', () => {
    const stored: string[] = []
    const delivery = deliveryTo((municipality) => void stored.push(municipality))
    delivery.give('a', none)
    delivery.give('b', none)
    expect(stored).toEqual(['a', 'b'])
    expect(delivery.waiting()).toBe(0)
    expect(delivery.room()).toBeNull()
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('the disk is full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the api is away'))],
  ])('wait while the sink %s, and then come in order, each once', async (_, refuse: () => Promise<void>) => {
    const stored: string[] = []
    let refusals = 3
    const delivery = deliveryTo((municipality) => {
      if (refusals-- > 0) return refuse()
      stored.push(municipality)
      return undefined
    })
    for (const municipality of ['a', 'b', 'c']) delivery.give(municipality, none)
    expect(delivery.waiting()).toBe(3)
    await until(() => delivery.waiting() === 0)
    expect(stored).toEqual(['a', 'b', 'c'])
  })

  test('one is under way at a time', async () => {
    const begun: string[] = []
    const first = Promise.withResolvers<void>()
    const delivery = deliveryTo((municipality) => {
      begun.push(municipality)
      return municipality === 'a' ? first.promise : undefined
    })
    delivery.give('a', none)
    delivery.give('b', none)
    expect(begun).toEqual(['a'])
    first.resolve()
    await until(() => delivery.waiting() === 0)
    expect(begun).toEqual(['a', 'b'])
  })

  test('a judge that is far ahead of the citizen line waits until there is room', async () => {
    let isAway = true
    const delivery = deliveryTo(() => {
      if (isAway) throw new Error('away')
    })
    for (let i = 0; i < 1_000; i++) delivery.give('a', none)
    const room = delivery.room()
    expect(room).not.toBeNull()
    isAway = false
    await room
    await until(() => delivery.waiting() === 0)
  })

  test('what is not stored at the stop stays waiting, so that no snapshot is taken of it', async () => {
    const delivery = deliveryTo(() => Promise.reject(new Error('away')))
    delivery.give('a', none)
    await delivery.stop()
    expect(delivery.waiting()).toBe(1)
  })
})
