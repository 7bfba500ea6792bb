import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { ProblemError } from '@fanari/contracts'
import { expect, test } from 'vitest'
import { createLiveFeed } from './live-feed.ts'

test('more than 500 streams are refused, until one leaves', () => {
  const feed = createLiveFeed({ clock: { now: () => 0, speed: 1 }, log: () => {} })
  const responses = Array.from({ length: 501 }, () => new ServerResponse(new IncomingMessage(new Socket())))
  const last = responses.pop()
  if (last === undefined) throw new Error('no response')
  for (const response of responses) feed.add('orestiada', response, {}, 'everyone')
  expect(() => feed.add('orestiada', last, {}, 'everyone')).toThrow(ProblemError)
  expect(last.headersSent).toBe(false)
  responses[0]?.emit('close')
  feed.add('orestiada', last, {}, 'everyone')
  expect(feed.clients()).toBe(500)
  feed.stop()
  expect(feed.clients()).toBe(0)
})
