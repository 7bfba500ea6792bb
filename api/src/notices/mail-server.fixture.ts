import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/** A message as a mail program shows it. */
export interface ReceivedMail {
  /** The envelope's. */
  to: string
  /** As on the wire. */
  raw: string
  headers: Map<string, string>
  subject: string
  text: string
  html: string
}

/** A real SMTP server. What it says to an address or a message is the test's. */
export interface MailServer {
  url: string
  mails: ReceivedMail[]
  /** Refuses an address with an SMTP code; `null`: takes it. */
  refuse: (address: string) => number | null
  /** Called when a message is taken, before its sender is told so. */
  onTaken: (mail: ReceivedMail) => void
  stop(): Promise<void>
}

export const startMailServer = async (port = 0): Promise<MailServer> => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = receiver.refuse(address)
      if (responseCode === null) return done()
      const error = Object.assign(new Error(`<${address}> is not taken`), { responseCode })
      return done(error)
    },
    onData: (stream, session, done) => {
      text(stream).then((raw) => {
        const mail = readMail(raw, session.envelope.rcptTo[0]?.address ?? '')
        receiver.mails.push(mail)
        receiver.onTaken(mail)
        done()
      }, done)
    },
  })
  const receiver: MailServer = {
    url: '',
    mails: [],
    refuse: () => null,
    onTaken: () => {},
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  receiver.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  return receiver
}

const bytesOf = (body: string, encoding: string): Buffer => {
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  const joined = body.replaceAll(/=\r?\n/g, '')
  const decoded = joined.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return encoding === 'quoted-printable' ? Buffer.from(decoded, 'latin1') : Buffer.from(body)
}

/** RFC 2047. */
const decodeWords = (value: string): string =>
  value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, encoding: string, coded: string) =>
      (encoding.toLowerCase() === 'b'
        ? Buffer.from(coded, 'base64')
        : bytesOf(coded.replaceAll('_', ' '), 'quoted-printable')
      ).toString(),
    )

const partOf = (raw: string): { headers: Map<string, string>; body: string } => {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { headers, body: raw.slice(end + 4) }
}

const decodedBody = ({ headers, body }: ReturnType<typeof partOf>): string =>
  bytesOf(body, (headers.get('content-transfer-encoding') ?? '').toLowerCase())
    .toString()
    .replaceAll('\r\n', '\n')

const readMail = (raw: string, to: string): ReceivedMail => {
  const whole = partOf(raw)
  const [, boundary = ''] = /boundary="?([^";]+)"?/.exec(whole.headers.get('content-type') ?? '') ?? []
  const parts = whole.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => partOf(part.replace(/^\r\n/, '').replace(/\r\n$/, '')))
  const ofType = (type: string) => {
    const part = parts.find(({ headers }) => (headers.get('content-type') ?? '').startsWith(type))
    return part === undefined ? '' : decodedBody(part)
  }
  return {
    to,
    raw,
    headers: whole.headers,
    subject: decodeWords(whole.headers.get('subject') ?? ''),
    text: ofType('text/plain'),
    html: ofType('text/html'),
  }
}
