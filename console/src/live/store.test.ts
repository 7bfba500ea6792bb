import { expect, test } from 'vitest'
import { createTownStore } from './store.ts'

test('a burst of events tells the watchers once, with the state after all of them', () => {
  const frames: (() => void)[] = []
  const store = createTownStore((callback) => frames.push(callback))
  const heard: unknown[] = []
  store.subscribe(() => heard.push(store.state().connection))
  store.dispatch({ type: 'clock', clock: { time: '2026-11-22T19:00:00Z', speed: 1 }, wallMs: 0 })
  store.dispatch({ type: 'lost', wallMs: 1_000 })
  expect(heard).toEqual([])
  for (const frame of frames.splice(0)) frame()
  expect(heard).toEqual([{ state: 'lost', since: 1_000 }])
})

test('an event that changes nothing tells nobody', () => {
  const frames: (() => void)[] = []
  const store = createTownStore((callback) => frames.push(callback))
  store.dispatch({ type: 'tidied', endedBefore: 1_000 })
  expect(frames).toEqual([])
})

test('a watcher that has left is told no more', () => {
  const frames: (() => void)[] = []
  const store = createTownStore((callback) => frames.push(callback))
  let told = 0
  const leave = store.subscribe(() => told++)
  leave()
  store.dispatch({ type: 'lost', wallMs: 1_000 })
  for (const frame of frames) frame()
  expect(told).toBe(0)
})
