import type { Socket } from 'node:net'
import { topics } from '@fanari/contracts'
import { createPacketReader, firstSeq, packetTypes, readingFrame, subscribeFrame } from './frames.ts'
import { deviceName, municipality } from './load.ts'
import { answer } from './processes.ts'
import { openClient } from './sockets.ts'

/** So many devices more shall be connected. */
export interface FleetQuestion {
  port: number
  devices: number
}

const sockets: Socket[] = []
/** Connecting at a time: below what the platform admits at once. */
const atATime = 100

/** Connects as a controller does: with a will, subscribed to its commands, its birth and a reading acknowledged. */
const connectDevice = async (port: number, number: number): Promise<Socket> => {
  const device = deviceName(number)
  const statusTopic = topics.device(municipality, device, 'status')
  const will = { topic: statusTopic, payload: `{"state":"offline","session":"s-${number}"}` }
  const socket = await openClient(port, device, will)
  const answered = Promise.withResolvers<void>()
  const awaited = new Set<number>([packetTypes.suback, packetTypes.puback])
  socket.on(
    'data',
    createPacketReader((firstByte) => {
      awaited.delete(firstByte)
      if (awaited.size === 0) answered.resolve()
    }),
  )
  socket.on('error', answered.reject)
  const frame = readingFrame(topics.device(municipality, device, 'telemetry'), 1)
  frame.stamp(Date.now(), firstSeq)
  socket.write(Buffer.concat([subscribeFrame(2, topics.device(municipality, device, 'command')), frame.bytes]))
  await answered.promise
  return socket
}

answer(async ({ port, devices }: FleetQuestion): Promise<{ connected: number }> => {
  const target = sockets.length + devices
  while (sockets.length < target) {
    const first = sockets.length
    const count = Math.min(atATime, target - first)
    sockets.push(...(await Promise.all(Array.from({ length: count }, (_, i) => connectDevice(port, first + i)))))
  }
  return { connected: sockets.length }
})
