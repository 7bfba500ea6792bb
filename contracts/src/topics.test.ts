import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DeviceChannel, parseDeviceFilter, parseTopic, topics } from './topics.ts'

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
const channels: DeviceChannel[] = ['telemetry', 'status', 'event', 'command', 'result']

describe('building a topic', () => {
  test.each([
    [topics.device('orestiada', 'L-1', 'telemetry'), 'city/v1/orestiada/devices/L-1/telemetry'],
    [topics.device('orestiada', 'L-1', 'status'), 'city/v1/orestiada/devices/L-1/status'],
    [topics.device('orestiada', 'L-1', 'event'), 'city/v1/orestiada/devices/L-1/event'],
    [topics.device('orestiada', 'L-1', 'command'), 'city/v1/orestiada/devices/L-1/command'],
    [topics.device('orestiada', 'L-1', 'result'), 'city/v1/orestiada/devices/L-1/result'],
    [topics.incident('orestiada', 'i-1'), 'city/v1/orestiada/incidents/i-1'],
    [topics.ticket('orestiada', 't-1'), 'city/v1/orestiada/tickets/t-1'],
    [topics.communityLight('orestiada', 'lepti'), 'city/v1/orestiada/communities/lepti/light'],
    [topics.uplinkFilter('telemetry'), 'city/v1/+/devices/+/telemetry'],
  ])('%s', (built, expected) => {
    expect(built).toBe(expected)
  })
})

describe('reading a topic', () => {
  test('gives back what it was built from', () => {
    fc.assert(
      fc.property(id, id, fc.constantFrom(...channels), (municipality, other, channel) => {
        expect(parseTopic(topics.device(municipality, other, channel))).toEqual({
          kind: 'device',
          municipality,
          device: other,
          channel,
        })
        expect(parseTopic(topics.incident(municipality, other))).toEqual({
          kind: 'incident',
          municipality,
          incident: other,
        })
        expect(parseTopic(topics.ticket(municipality, other))).toEqual({ kind: 'ticket', municipality, ticket: other })
        expect(parseTopic(topics.communityLight(municipality, other))).toEqual({
          kind: 'communityLight',
          municipality,
          community: other,
        })
      }),
    )
  })

  test('never throws, and never takes a name for another', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(id, fc.string(), fc.constantFrom('city', 'v1', 'devices', ''))), (levels) => {
        const name = levels.join('/')
        const topic = parseTopic(name)
        if (topic?.kind === 'device') {
          expect(name).toBe(`city/v1/${topic.municipality}/devices/${topic.device}/${topic.channel}`)
        }
      }),
    )
  })

  test.each([
    ['the empty name', ''],
    ['slashes alone', '/////'],
    ['a leading slash', '/city/v1/m/devices/d/telemetry'],
    ['a trailing slash', 'city/v1/m/devices/d/telemetry/'],
    ['a level too many', 'city/v1/m/devices/d/telemetry/more'],
    ['a level too few', 'city/v1/m/devices/d'],
    ['another root', 'town/v1/m/devices/d/telemetry'],
    ['another version', 'city/v2/m/devices/d/telemetry'],
    ['another branch', 'city/v1/m/gateways/d/telemetry'],
    ['a channel that is none', 'city/v1/m/devices/d/telemetries'],
    ['a channel in capitals', 'city/v1/m/devices/d/TELEMETRY'],
    ['a property of every object as a channel', 'city/v1/m/devices/d/constructor'],
    ['a single-level wildcard', 'city/v1/+/devices/d/telemetry'],
    ['a multi-level wildcard', 'city/v1/m/devices/#'],
    ['an empty device', 'city/v1/m/devices//telemetry'],
    ['a device of 65 characters', `city/v1/m/devices/${'d'.repeat(65)}/telemetry`],
    ['a device in Greek', 'city/v1/m/devices/φανάρι/telemetry'],
    ['a device with a line break', 'city/v1/m/devices/d\n/telemetry'],
    ['a device that climbs', 'city/v1/m/devices/../telemetry'],
    ['a device with a NUL', 'city/v1/m/devices/d\0/telemetry'],
    ['an encoded slash', 'city/v1/m/devices/d%2Fe/telemetry'],
    ['an incident with a leaf', 'city/v1/m/incidents/i/light'],
    ['a ticket with a leaf', 'city/v1/m/tickets/t/light'],
    ['a community without its leaf', 'city/v1/m/communities/c'],
    ['a community with another leaf', 'city/v1/m/communities/c/dark'],
    ["the broker's own branch", '$SYS/broker/uptime'],
  ])('%s is none of ours', (_what, name) => {
    expect(parseTopic(name)).toBeNull()
  })
})

describe("a device's subscription", () => {
  test.each([
    ['one channel', 'city/v1/m/devices/d/command'],
    ['every channel', 'city/v1/m/devices/d/+'],
    ['everything below', 'city/v1/m/devices/d/#'],
  ])('%s stays within its branch', (_what, filter) => {
    expect(parseDeviceFilter(filter)).toEqual({ municipality: 'm', device: 'd' })
  })

  test.each([
    ['every device', 'city/v1/m/devices/+/command'],
    ['every municipality', 'city/v1/+/devices/d/command'],
    ['everything', '#'],
    ['everything of a municipality', 'city/v1/m/#'],
    ['all devices', 'city/v1/m/devices/#'],
    ['the branch itself', 'city/v1/m/devices/d'],
    ['the branch and its parent', 'city/v1/m/devices/d/command/#'],
    ['a wildcard within a level', 'city/v1/m/devices/d/comm+'],
    ['a channel that is none', 'city/v1/m/devices/d/other'],
    ['an incident', 'city/v1/m/incidents/i'],
    ['another root', '+/v1/m/devices/d/command'],
    ['a shared subscription', '$share/group/city/v1/m/devices/d/command'],
    ['the empty filter', ''],
  ])('%s reaches further, or nowhere', (_what, filter) => {
    expect(parseDeviceFilter(filter)).toBeNull()
  })
})
