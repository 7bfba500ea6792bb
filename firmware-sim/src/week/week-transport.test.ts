import { minuteMs } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { createEventQueue } from '../event-queue.ts'
import type { Link } from '../firmware/connection.ts'
import { createRandom } from '../random.ts'
import { createWeekTransport, type WeekMessage } from './week-transport.ts'

const setUp = () => {
  const queue = createEventQueue(0)
  const heard: WeekMessage[] = []
  const transport = createWeekTransport({
    now: queue.now,
    schedule: queue.schedule,
    random: createRandom(1, 'test'),
    message: (message) => heard.push(message),
  })
  const linkOf = (device: string) => {
    let sessions = 0
    let isUp = false
    const link: Link = {
      device,
      speaksFor: [device],
      newSession: () => ({ session: `s${++sessions}`, will: `{"state":"offline","session":"s${sessions}"}` }),
      connected: () => {
        isUp = true
        transport.publish({ connection: device, device, channel: 'status', payload: `online s${sessions}` })
      },
      disconnected: () => {
        isUp = false
      },
      undelivered: () => {},
      command: () => {},
    }
    return { link, isUp: () => isUp }
  }
  const told = () => heard.map(({ receivedAt, payload }) => [receivedAt, payload])
  return { queue, transport, linkOf, told }
}
const reading = { connection: 'a', device: 'a', channel: 'telemetry', readings: ['{"at":1}'] } as const

describe('the way to a platform that may be down', () => {
  test('a connection that is cut speaks its will after one and a half keep-alives', () => {
    const { queue, transport, linkOf, told } = setUp()
    transport.open(linkOf('a').link)
    queue.advanceTo(minuteMs)
    transport.cut('a')
    queue.advanceTo(10 * minuteMs)
    expect(told()).toEqual([
      [0, 'online s1'],
      [minuteMs + 90_000, '{"state":"offline","session":"s1"}'],
    ])
  })

  test('a client that is back before that takes over: the old will comes first, once', () => {
    const { queue, transport, linkOf, told } = setUp()
    const { link } = linkOf('a')
    transport.open(link)
    transport.cut('a')
    queue.advanceTo(5_000)
    transport.open(link)
    queue.advanceTo(10 * minuteMs)
    expect(told()).toEqual([
      [0, 'online s1'],
      [5_000, '{"state":"offline","session":"s1"}'],
      [5_000, 'online s2'],
    ])
  })

  test('while the platform is down nothing is taken, wills are lost, and everybody returns afterwards', () => {
    const { queue, transport, linkOf, told } = setUp()
    const [a, b] = [linkOf('a'), linkOf('b')]
    transport.open(a.link)
    transport.open(b.link)
    transport.cut('b')
    queue.advanceTo(1_000)
    transport.stop()
    expect(a.isUp()).toBe(false)
    expect(transport.publish({ ...reading, readings: [...reading.readings] })).toBe(false)
    transport.open(b.link)
    queue.advanceTo(5 * minuteMs)
    expect(told()).toEqual([
      [0, 'online s1'],
      [0, 'online s1'],
    ])
    transport.start()
    queue.advanceTo(10 * minuteMs)
    const returned = told().slice(2)
    expect(returned.map(([, payload]) => payload)).toEqual(['online s2', 'online s2'])
    for (const [at] of returned) {
      expect(Number(at) - 5 * minuteMs).toBeGreaterThanOrEqual(1_000)
      expect(Number(at) - 5 * minuteMs).toBeLessThanOrEqual(45_000)
    }
    expect(transport.publish({ ...reading, readings: [...reading.readings] })).toBe(true)
  })

  test('who was cut while the platform was down does not return', () => {
    const { queue, transport, linkOf, told } = setUp()
    transport.open(linkOf('a').link)
    transport.stop()
    transport.cut('a')
    transport.start()
    queue.advanceTo(5 * minuteMs)
    expect(told()).toEqual([[0, 'online s1']])
  })
})
