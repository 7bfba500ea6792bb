import type nodeRed from 'node-red'
import { isAtLeast, type Severity } from '../duty/policy.ts'
import type { Told } from '../duty/words.ts'

/** Where one person is reached; empty: not this way. */
export interface Reach {
  mail: string
  phone: string
  chat: string
}

export interface SenderOptions {
  from: string
  /** The gateway's address; it is sent `{"from","to","text"}`. Empty: no SMS. */
  smsUrl: string
  smsToken: string
  smsSender: string
  /** What is less severe is sent by mail and chat only. */
  smsLeast: Severity
  /** The Bot API, https://api.telegram.org unless a test says otherwise. */
  telegramUrl: string
  /** The bot's token. Empty: no chat. */
  telegramToken: string
}

/** A message for the core `http request` node, with what is needed to send it again. */
interface HttpMessage extends nodeRed.NodeMessage {
  url: string
  method: 'POST'
  headers: Record<string, string>
  again: unknown
}

const post = (url: string, payload: unknown, headers: Record<string, string> = {}): HttpMessage => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  payload,
  again: payload,
})

export const mailMessage = (from: string, to: string, { subject, text }: { subject: string; text: string }) =>
  to === '' ? null : ({ from, to, topic: subject, payload: text } as nodeRed.NodeMessage)

/** What goes to the outputs mail, SMS and chat; `null`: nothing there. */
export const messagesFor = (
  told: Told,
  severity: Severity,
  reach: Reach,
  options: SenderOptions,
): [nodeRed.NodeMessage | null, nodeRed.NodeMessage | null, nodeRed.NodeMessage | null] => {
  const { smsUrl, smsToken, smsSender, smsLeast, telegramUrl, telegramToken } = options
  const byPhone = smsUrl !== '' && reach.phone !== '' && isAtLeast(severity, smsLeast)
  const authorization: Record<string, string> = smsToken === '' ? {} : { authorization: `Bearer ${smsToken}` }
  return [
    mailMessage(options.from, reach.mail, told),
    byPhone ? post(smsUrl, { from: smsSender, to: reach.phone, text: told.short }, authorization) : null,
    telegramToken === '' || reach.chat === ''
      ? null
      : post(`${telegramUrl}/bot${telegramToken}/sendMessage`, {
          chat_id: reach.chat,
          text: `${told.subject}\n\n${told.text}`.slice(0, 4_000),
        }),
  ]
}
