import { expect, test } from 'vitest'
import { skyAt } from './sky.ts'

// Orestiada, 22 November 2026: by Meeus' low-accuracy solar equations, worked out apart from the library under test, the sun is at
// −0.833° at 14:49:00 UTC and at −6° at 15:19:14 UTC. The cases stand two minutes to either side.
test.each([
  ['at noon it is day', '2026-11-22T10:00:00Z', 'day'],
  ['before sunset it is day', '2026-11-22T14:47:00Z', 'day'],
  ['after sunset it is twilight', '2026-11-22T14:51:00Z', 'twilight'],
  ['before the end of civil twilight it is twilight', '2026-11-22T15:17:00Z', 'twilight'],
  ['after civil twilight it is night', '2026-11-22T15:21:30Z', 'night'],
  ['at midnight it is night', '2026-11-22T22:00:00Z', 'night'],
])('%s', (_name, at, sky) => {
  expect(skyAt(Date.parse(at), [26.53, 41.5])).toBe(sky)
})
