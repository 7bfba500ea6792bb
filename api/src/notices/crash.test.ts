import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { minuteMs } from '@fanari/contracts'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startTestLine, type TestLine } from '../reports/test-line.ts'
import { type MailServer, startMailServer } from './mail-server.fixture.ts'

let server: MailServer
let t: TestLine
beforeEach(async () => {
  server = await startMailServer()
  t = await startTestLine({ publicUrl: 'https://fanari.example', notices: { mail: mail() } })
})
afterEach(async () => {
  await t.close()
  await server.stop()
})
const mail = () => ({ url: server.url, from: 'grammi@dimos.example' })

/** The same api, in a process of its own. */
const program = () => `
  const { createApi } = await import(${JSON.stringify(new URL('../create-api.ts', import.meta.url).href)})
  const never = () => new Promise(() => {})
  const api = createApi({
    databaseFile: ${JSON.stringify(join(t.folder, 'fanari.db'))}, port: 0, clock: { now: Date.now, speed: 1 }, wallNow: Date.now,
    floodLimits: { intakePerAddress: null, intakeInAll: null }, log: () => {}, adminToken: 'x',
    journal: { append: never }, publisher: { publish: never }, lights: { onChange: () => () => {} },
    readiness: () => [], metrics: [], publicUrl: 'https://fanari.example', notices: { mail: ${JSON.stringify(mail())} },
  })
  await api.start()`

test('killed between sending and writing it down, it sends that one message again, under the same name, and no other', async () => {
  server.refuse = () => 421
  // The other process has the real time.
  t.wall.now = Date.now()
  for (let index = 1; index <= 5; index++) {
    await t.report({ clientId: `c${index}`, luminaire: 'A-1', contact: { email: `c${index}@example.org` } })
  }
  await t.api.lookAround()
  expect(server.mails).toEqual([])
  await t.api.stop()

  server.refuse = () => null
  const child = spawn(process.execPath, ['--input-type=module', '-e', program()], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const isGone = once(child, 'exit')
  server.onTaken = () => {
    if (server.mails.length === 3) child.kill('SIGKILL')
  }
  await isGone
  const before = server.mails.map(({ to }) => to)
  expect(new Set(before).size).toBe(3)

  server.onTaken = () => {}
  t.wall.now = Date.now() + minuteMs
  await t.restart()
  await t.api.lookAround()
  const [, , third, ...after] = server.mails
  const again = after.filter(({ to }) => before.includes(to))
  expect(again.map(({ to }) => to)).toEqual([third?.to])
  expect(again[0]?.headers.get('message-id')).toBe(third?.headers.get('message-id'))
  expect(after).toHaveLength(3)
  expect(new Set(server.mails.map(({ to }) => to)).size).toBe(5)
})
