import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SMTPServer } from 'smtp-server'

const program = fileURLToPath(new URL('../../automation/src/main.ts', import.meta.url))

/** Node-RED as its users start it, in a process of its own. */
export interface AutomationProcess {
  readonly folder: string
  /** Resolves with the editor's address once flows run. @throws Error with what it wrote when it ends before that */
  start(): Promise<string>
  stop(): Promise<number | null>
  dispose(): Promise<void>
}

export const createAutomationProcess = (environment: Record<string, string>): AutomationProcess => {
  const folder = mkdtempSync(join(tmpdir(), 'fanari-automation-'))
  let child: ChildProcess | null = null
  const stop = async (): Promise<number | null> => {
    const own = child
    child = null
    if (own === null) return null
    const exited = new Promise<number | null>((resolve) => own.once('exit', resolve))
    if (own.exitCode !== null) return own.exitCode
    own.kill('SIGTERM')
    return exited
  }
  return {
    folder,
    start: () =>
      new Promise((resolve, reject) => {
        const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('FANARI_'))
        const env = {
          ...Object.fromEntries(inherited),
          FANARI_AUTOMATION_PORT: '0',
          FANARI_AUTOMATION_DATA: join(folder, 'data'),
          ...environment,
        }
        const own = spawn(process.execPath, [program], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
        child = own
        let said = ''
        const hear = (text: string): void => {
          said += text
          const ready = /"event":"ready".*"port":(\d+)/.exec(said)
          if (ready !== null) resolve(`http://127.0.0.1:${ready[1]}`)
        }
        own.stdout.setEncoding('utf8').on('data', hear)
        own.stderr.setEncoding('utf8').on('data', hear)
        own.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)))
      }),
    stop,
    dispose: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Mail {
  to: string[]
  /** As it was sent, headers and all, decoded where it is base64. */
  subject: string
  text: string
}

/** A mail server that takes everything. */
export const startMailServer = async (): Promise<{ port: number; mails: Mail[]; stop: () => Promise<void> }> => {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, answer) =>
      auth.username === 'fanari' && auth.password === 'mail-secret'
        ? answer(null, { user: 'fanari' })
        : answer(new Error('wrong password')),
    onMailFrom: (_address, session, answer) => answer(session.user === 'fanari' ? null : new Error('sign in first')),
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({ to, ...readMail(Buffer.concat(chunks).toString('utf8')) })
        answer(null)
      })
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    stop: () => new Promise((closed) => server.close(closed)),
  }
}

/** As much of MIME as these mails need: encoded words of the subject, and bodies in base64 or quoted-printable. */
const readMail = (source: string): { subject: string; text: string } => {
  const unfolded = source.replace(/\r\n[ \t]+/g, ' ')
  const [, raw = ''] = /^Subject: (.*)$/m.exec(unfolded) ?? []
  const subject = raw
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, how: string, word: string) =>
      how.toUpperCase() === 'B'
        ? `\0${word}\0`
        : `\0${Buffer.from(unquoted(word.replaceAll('_', ' ')), 'latin1').toString('base64')}\0`,
    )
  const joined = subject
    .split('\0')
    .map((part, index) => (index % 2 === 1 ? Buffer.from(part, 'base64') : Buffer.from(part)))
  const parts = source.split(/\r\n--[^\r\n]+\r\n/).map((part) => {
    const [head = '', ...body] = part.split('\r\n\r\n')
    const content = body.join('\r\n\r\n')
    if (/transfer-encoding: base64/i.test(head)) return Buffer.from(content, 'base64').toString('utf8')
    if (/transfer-encoding: quoted-printable/i.test(head))
      return Buffer.from(unquoted(content), 'latin1').toString('utf8')
    return content
  })
  return { subject: Buffer.concat(joined).toString('utf8'), text: parts.join('\n') }
}

const unquoted = (text: string): string =>
  text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** An SMS gateway that takes everything. */
export const startGateway = async (): Promise<{
  url: string
  asked: { authorization: string | undefined; body: unknown }[]
  stop: () => Promise<void>
}> => {
  const asked: { authorization: string | undefined; body: unknown }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, body: JSON.parse(text) })
      response.end('{"ok":true}')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    asked,
    stop: () => new Promise((closed) => server.close(() => closed())),
  }
}
