import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectPacket, openSocket, publishPacket, startForTest, until } from './harness.ts'
import { SilenceWatch } from './silence.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const createWatch = () => {
  const onSilence = vi.fn()
  const watch = new SilenceWatch(onSilence)
  return { watch, onSilence, hear: () => watch.heard(performance.now()) }
}

test('silence is told once, when it has lasted the whole time since the peer was heard', () => {
  const { watch, onSilence, hear } = createWatch()
  watch.start(1_500)
  vi.advanceTimersByTime(1_400)
  hear()
  vi.advanceTimersByTime(1_499)
  expect(onSilence).not.toHaveBeenCalled()
  vi.advanceTimersByTime(2)
  expect(onSilence).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(10_000)
  expect(onSilence).toHaveBeenCalledTimes(1)
})

test('a peer that is heard again and again is never called silent', () => {
  const { watch, onSilence, hear } = createWatch()
  watch.start(1_500)
  for (let i = 0; i < 100; i++) {
    vi.advanceTimersByTime(1_000)
    hear()
  }
  expect(onSilence).not.toHaveBeenCalled()
})

test('nothing is told after the stop', () => {
  const { watch, onSilence } = createWatch()
  watch.start(1_500)
  watch.stop()
  vi.advanceTimersByTime(10_000)
  expect(onSilence).not.toHaveBeenCalled()
})

test('a client is cut off after one and a half keepalives without a packet; one that publishes is not', async () => {
  vi.useRealTimers()
  const { port } = await startForTest()
  const withKeepalive = (username: string, seconds: number): Buffer => {
    const packet = connectPacket(username)
    packet[11] = seconds
    return packet
  }
  const [silent, busy] = [await openSocket(port), await openSocket(port)]
  const startedAt = performance.now()
  silent.socket.write(withKeepalive('orestiada/lamp-1', 1))
  busy.socket.write(withKeepalive('orestiada/lamp-2', 1))
  await until(() => busy.received().length === 4)
  for (let sent = 1; !silent.closed(); sent++) {
    busy.socket.write(publishPacket('city/v1/orestiada/devices/lamp-2/telemetry', '{}', sent % 65_536))
    await until(() => busy.received().length === 4 + 4 * sent)
  }
  expect(performance.now() - startedAt).toBeGreaterThan(1_400)
  expect(busy.closed()).toBe(false)
  busy.socket.destroy()
})
