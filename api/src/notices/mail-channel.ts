import { createTransport } from 'nodemailer'
import { maskAddresses } from '../privacy/mask-addresses.ts'
import type { Delivery, NoticeChannel, OutgoingNotice } from './channel.ts'
import { escapeHtml } from './template.ts'

/** A mail server, and in whose name it sends. */
export interface MailOptions {
  /** `smtp://user:password@host:587` or `smtps://…:465`. */
  url: string
  /** `Δήμος Ορεστιάδας <grammi@dimos.example>`, or the address alone. */
  from: string
}

/** Wall time until a server that does not answer is given up [ms]. */
const timeoutMs = 20_000

const footers = {
  el: { stop: 'Διακοπή ενημερώσεων', by: 'Το μήνυμα στάλθηκε από' },
  en: { stop: 'Stop these messages', by: 'This message was sent by' },
} as const

/** E-mail by SMTP, one message at a time over one connection that stays open. */
export const createMailChannel = ({ url, from }: MailOptions): NoticeChannel => {
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  const sender = senderOf(from)
  const domain = sender.address.split('@')[1] ?? 'localhost'
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password goes over no line that anyone can read.
    requireTLS: !secure && username !== '' && !isLoopback,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    pool: true,
    maxConnections: 1,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })

  return {
    name: 'email',
    deliver: async (notice) => {
      try {
        await transport.sendMail({
          from: sender,
          // As an object: no text is read as a list of addresses.
          to: { name: '', address: notice.address },
          subject: notice.message.subject,
          text: textOf(notice),
          html: htmlOf(notice),
          messageId: `<${notice.key}@${domain}>`,
          references: `<${notice.thread}@${domain}>`,
          headers: {
            // RFC 3834: no out-of-office answers.
            'Auto-Submitted': 'auto-generated',
            'X-Auto-Response-Suppress': 'All',
            'Content-Language': notice.language,
            ...unsubscribeHeaders(notice),
          },
        })
        return { kind: 'sent' }
      } catch (error) {
        return deliveryOf(error)
      }
    },
    close: () => transport.close(),
  }
}

/** RFC 2369 and, for a mail program's own button, RFC 8058. */
const unsubscribeHeaders = ({ unsubscribeUrl }: OutgoingNotice): Record<string, { prepared: true; value: string }> =>
  unsubscribeUrl === null
    ? {}
    : {
        // Prepared: a link that is folded in its middle is none.
        'List-Unsubscribe': { prepared: true, value: `<${unsubscribeUrl}>` },
        'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
      }

const senderOf = (from: string): { name: string; address: string } => {
  const [, name = '', address = ''] = /^\s*"?([^"<>]*?)"?\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(from) ?? []
  return address === '' ? { name: '', address: from.trim() } : { name, address }
}

const textOf = ({ message, municipalityName, unsubscribeUrl, language }: OutgoingNotice): string => {
  const { stop, by } = footers[language]
  const last = unsubscribeUrl === null ? '' : `\n${stop}: ${unsubscribeUrl}`
  return `${message.text}\n\n-- \n${by}: ${municipalityName}${last}\n`
}

const htmlOf = ({ message, municipalityName, unsubscribeUrl, language }: OutgoingNotice): string => {
  const { stop, by } = footers[language]
  const link = unsubscribeUrl === null ? '' : `<br>\n<a href="${escapeHtml(unsubscribeUrl)}">${stop}</a>`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(message.subject)}</title></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
${message.html}
<p style="color: #555; font-size: 0.85em">${by}: ${escapeHtml(municipalityName)}${link}</p>
</body></html>
`
}

interface SmtpError extends Error {
  code?: string
  responseCode?: number
  response?: string
}

/** RFC 5321 §4.2.1: 5yz is for good, 4yz is for now. A server that knows our password no more may know it again tomorrow. */
const deliveryOf = (error: unknown): Delivery => {
  const { code, responseCode, response, message } = error as SmtpError
  const reason = maskAddresses(response ?? message).slice(0, 300)
  if (responseCode === undefined || code === 'EAUTH' || code === 'ETLS' || responseCode === 421) {
    return code === 'EENVELOPE' ? { kind: 'refused', reason } : { kind: 'away', reason }
  }
  return responseCode >= 500 ? { kind: 'refused', reason } : { kind: 'later', reason }
}
