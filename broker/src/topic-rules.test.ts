import type { MqttIdentity } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { directory } from './test-directory.ts'
import { judgePublish, mayHear } from './topic-rules.ts'

const lamp: MqttIdentity = { kind: 'device', municipality: 'orestiada', device: 'lamp-1' }
const gateway: MqttIdentity = { kind: 'device', municipality: 'orestiada', device: 'gateway-1' }
const operator: MqttIdentity = { kind: 'operator', name: 'control room' }
const open: MqttIdentity = { kind: 'open' }

describe('a publish', () => {
  test.each<[string, MqttIdentity, string, string]>([
    ['of a lamp’s telemetry', lamp, 'city/v1/orestiada/devices/lamp-1/telemetry', 'uplink'],
    ['of a lamp’s result', lamp, 'city/v1/orestiada/devices/lamp-1/result', 'uplink'],
    ['of a lamp on its own command', lamp, 'city/v1/orestiada/devices/lamp-1/command', 'topicForbidden'],
    ['of a lamp for its neighbour', lamp, 'city/v1/orestiada/devices/lamp-2/telemetry', 'topicForbidden'],
    ['of a lamp in another town', lamp, 'city/v1/didymoteicho/devices/lamp-1/telemetry', 'topicForbidden'],
    ['of a lamp on an incident', lamp, 'city/v1/orestiada/incidents/i1', 'topicForbidden'],
    ['of a lamp on an invented channel', lamp, 'city/v1/orestiada/devices/lamp-1/debug', 'unknownTopic'],
    ['of a lamp on $SYS', lamp, '$SYS/x/new/clients', 'unknownTopic'],
    ['of a gateway for itself', gateway, 'city/v1/orestiada/devices/gateway-1/status', 'uplink'],
    ['of a gateway for its lamp', gateway, 'city/v1/orestiada/devices/lamp-2/event', 'uplink'],
    ['of a gateway for a lamp not its own', gateway, 'city/v1/orestiada/devices/lamp-1/event', 'topicForbidden'],
    ['of a gateway in another town', gateway, 'city/v1/didymoteicho/devices/lamp-2/event', 'topicForbidden'],
    ['of an operator’s command', operator, 'city/v1/orestiada/devices/lamp-1/command', 'command'],
    ['of an operator’s telemetry', operator, 'city/v1/orestiada/devices/lamp-1/telemetry', 'topicForbidden'],
    ['of an operator’s ticket', operator, 'city/v1/orestiada/tickets/t1', 'topicForbidden'],
    ['of an open client’s telemetry', open, 'city/v1/orestiada/devices/anything/telemetry', 'uplink'],
    ['of an open client’s command', open, 'city/v1/orestiada/devices/lamp-1/command', 'command'],
    ['of an open client’s community light', open, 'city/v1/orestiada/communities/c/light', 'topicForbidden'],
    ['of an open client elsewhere', open, 'hello/world', 'unknownTopic'],
  ])('%s', (_name, identity, topic, expected) => {
    const verdict = judgePublish(identity, topic, directory)
    expect(verdict.kind === 'refused' ? verdict.reason : verdict.kind).toBe(expected)
  })
})

describe('a subscription', () => {
  test.each<[string, MqttIdentity, string, boolean]>([
    ['of a lamp to its commands', lamp, 'city/v1/orestiada/devices/lamp-1/command', true],
    ['of a lamp to its branch', lamp, 'city/v1/orestiada/devices/lamp-1/#', true],
    ['of a lamp to its neighbour’s commands', lamp, 'city/v1/orestiada/devices/lamp-2/command', false],
    ['of a lamp to everyone’s commands', lamp, 'city/v1/orestiada/devices/+/command', false],
    ['of a lamp to everything', lamp, '#', false],
    ['of a lamp to $SYS', lamp, '$SYS/#', false],
    ['of a gateway to its lamp’s commands', gateway, 'city/v1/orestiada/devices/lamp-2/command', true],
    ['of a gateway to another lamp’s', gateway, 'city/v1/orestiada/devices/lamp-1/command', false],
    ['of an operator to the city', operator, 'city/v1/#', true],
    ['of an operator to all incidents', operator, 'city/v1/+/incidents/+', true],
    ['of an operator to everything', operator, '#', false],
    ['of an operator to $SYS', operator, '$SYS/#', false],
    ['of an open client to everything', open, '#', true],
  ])('%s', (_name, identity, filter, expected) => {
    expect(mayHear(identity, filter, directory)).toBe(expected)
  })
})
