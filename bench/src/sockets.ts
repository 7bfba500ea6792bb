import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { topics } from '@fanari/contracts'
import { connectFrame, createPacketReader, packetTypes, pubackFrame, subscribeFrame } from './frames.ts'

/** Connects a client; resolves when the broker has accepted it. */
export const openClient = async (
  port: number,
  clientId: string,
  will?: { topic: string; payload: string },
): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.write(connectFrame(clientId, will))
  const [connack] = (await once(socket, 'data')) as [Buffer]
  if (connack[0] !== packetTypes.connack || connack[3] !== 0) throw new Error(`${clientId}: CONNECT was refused`)
  return socket
}

/** Connects a subscriber to all telemetry, which acknowledges what it gets. */
export const openSubscriber = async (port: number, onPublish: () => void): Promise<Socket> => {
  const socket = await openClient(port, 'bench-subscriber')
  const subscribed = Promise.withResolvers<void>()
  let answers: Buffer[] = []
  const read = createPacketReader((firstByte, messageId) => {
    if (firstByte === packetTypes.suback) subscribed.resolve()
    else if ((firstByte & 0xf0) === packetTypes.publish) {
      onPublish()
      answers.push(pubackFrame(messageId))
    }
  })
  socket.on('data', (chunk) => {
    read(chunk)
    if (answers.length > 0) socket.write(Buffer.concat(answers))
    answers = []
  })
  socket.write(subscribeFrame(1, topics.uplinkFilter('telemetry')))
  await subscribed.promise
  return socket
}
