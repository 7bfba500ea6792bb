import type { Socket } from 'node:net'
import { topics } from '@fanari/contracts'
import { createPacketReader, firstSeq, type ReadingFrame, readingFrame } from './frames.ts'
import { deviceName, type GeneratorCommand, type LoadResult, municipality } from './load.ts'
import { answer, until } from './processes.ts'
import { openClient, openSubscriber } from './sockets.ts'
import { quantile } from './statistics.ts'

/*
 * The load, as a process of its own: plain sockets and frames made beforehand, so that it costs less than what it measures.
 */

interface Device {
  name: string
  seq: number
  at: number
}

interface Connection {
  socket: Socket
  device: Device
  /** One frame a message id. An acknowledged frame has left Node's hands, so its bytes may be stamped anew. */
  frames: (ReadingFrame | undefined)[]
  /** Ids that no unacknowledged publish has. */
  free: number[]
  /** When each unacknowledged publish should have been sent. */
  scheduledAt: number[]
}

/** A load under way. */
interface Run {
  sent: number
  acknowledged: number
  onAcknowledged(connection: Connection, scheduledAt: number): void
}

const createGenerator = () => {
  // A device keeps its `seq` and `at` from load to load, so that no reading is ever sent twice.
  const devices: Device[] = []
  const connections: Connection[] = []
  let subscriber: Socket | null = null
  let delivered = 0
  let run: Run | null = null
  let failure: Error | null = null

  const open = async (port: number, count: number, subscribe: boolean): Promise<void> => {
    const fail = (error: Error): void => {
      failure ??= error
    }
    if (subscribe) subscriber = await openSubscriber(port, () => delivered++)
    for (let number = 0; number < count; number++) {
      const device = devices[number] ?? { name: deviceName(number), seq: firstSeq - 1, at: 0 }
      devices[number] = device
      const socket = await openClient(port, device.name)
      // Message id 0 is not allowed [MQTT-2.3.1-1].
      const connection: Connection = { socket, device, frames: [undefined], free: [], scheduledAt: [] }
      const read = createPacketReader((_firstByte, id) => {
        connection.free.push(id)
        if (run === null) return
        run.acknowledged += 1
        run.onAcknowledged(connection, connection.scheduledAt[id] as number)
      })
      socket.on('data', read)
      socket.on('error', fail)
      socket.on('close', () => fail(new Error(`${device.name} was disconnected`)))
      connections.push(connection)
    }
  }

  const close = (): void => {
    for (const { socket } of connections) socket.removeAllListeners('close').destroy()
    connections.length = 0
    subscriber?.destroy()
    subscriber = null
    delivered = 0
  }

  const send = (run: Run, connection: Connection, scheduledAt: number): void => {
    const { device, frames, free } = connection
    const id = free.pop() ?? frames.length
    frames[id] ??= readingFrame(topics.device(municipality, device.name, 'telemetry'), id)
    device.seq += 1
    device.at = Math.max(device.at + 1, Date.now())
    frames[id].stamp(device.at, device.seq)
    connection.scheduledAt[id] = scheduledAt
    connection.socket.write(frames[id].bytes)
    run.sent += 1
  }

  /** Sends until `seconds` have passed, then waits for the last acknowledgement and delivery. */
  const drive = async (
    seconds: number,
    onAcknowledged: (connection: Connection, scheduledAt: number, sending: boolean, now: number) => void,
    start: (run: Run, startedAt: number) => void,
  ): Promise<LoadResult> => {
    const startedAt = performance.now()
    const deliveredBefore = delivered
    const cpuBefore = process.cpuUsage()
    let sending = true
    let lastAt = startedAt
    const current: Run = {
      sent: 0,
      acknowledged: 0,
      onAcknowledged(connection, scheduledAt) {
        lastAt = performance.now()
        onAcknowledged(connection, scheduledAt, sending, lastAt)
      },
    }
    run = current
    start(current, startedAt)
    await until('the load', seconds + 1, () => performance.now() - startedAt >= seconds * 1_000)
    sending = false
    await until('acknowledgement of all publishes', 60, () => {
      if (failure !== null) throw failure
      return current.acknowledged === current.sent
    })
    if (subscriber !== null)
      await until('delivery of all publishes', 20, () => delivered - deliveredBefore >= current.acknowledged)
    run = null
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      acknowledged: current.acknowledged,
      delivered: delivered - deliveredBefore,
      seconds: (lastAt - startedAt) / 1_000,
      cpuSeconds: (user + system) / 1e6,
      latency: null,
      lateness: null,
      lastSeqs: connections.map(({ device }) => [device.name, device.seq]),
    }
  }

  const closedLoop = (window: number, seconds: number): Promise<LoadResult> =>
    drive(
      seconds,
      (connection, _scheduledAt, sending) => {
        if (sending && run !== null) send(run, connection, 0)
      },
      (run) => {
        for (const connection of connections) for (let i = 0; i < window; i++) send(run, connection, 0)
      },
    )

  const openLoop = async (perSecond: number, seconds: number, warmUpSeconds: number): Promise<LoadResult> => {
    const latenciesMs: number[] = []
    const latenessMs: number[] = []
    const intervalMs = 1_000 / perSecond
    let measuredFrom = 0
    const result = await drive(
      seconds,
      (_connection, scheduledAt, _sending, now) => {
        if (scheduledAt >= measuredFrom) latenciesMs.push(now - scheduledAt)
      },
      (run, startedAt) => {
        measuredFrom = startedAt + warmUpSeconds * 1_000
        const total = Math.floor(seconds * perSecond)
        // What is late is sent at once and counted from when it should have been: no coordinated omission.
        const sendDue = (): void => {
          const now = performance.now()
          for (let at = startedAt + run.sent * intervalMs; at <= now && run.sent < total; at += intervalMs) {
            if (at >= measuredFrom) latenessMs.push(performance.now() - at)
            send(run, connections[run.sent % connections.length] as Connection, at)
          }
          if (run.sent < total) setTimeout(sendDue, 1)
        }
        sendDue()
      },
    )
    const at = (share: number): number => quantile(latenciesMs, share)
    return {
      ...result,
      latency: { p50: at(0.5), p99: at(0.99), max: at(1) },
      lateness: { p50: quantile(latenessMs, 0.5), p99: quantile(latenessMs, 0.99) },
    }
  }

  return async (command: GeneratorCommand): Promise<LoadResult | null> => {
    switch (command.kind) {
      case 'connect':
        await open(command.port, command.connections, command.subscribe)
        return null
      case 'disconnect':
        close()
        return null
      case 'closedLoop':
        return closedLoop(command.window, command.seconds)
      case 'openLoop':
        return openLoop(command.perSecond, command.seconds, command.warmUpSeconds)
    }
  }
}

answer(createGenerator())
