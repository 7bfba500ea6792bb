import type { NoticeChannel, OutgoingNotice } from './channel.ts'
import { post } from './http-post.ts'

/** An SMS gateway that takes HTTP. */
export interface SmsOptions {
  url: string
  /** The body, with `{{to}}`, `{{text}}` and `{{key}}`. */
  body: string
  contentType: 'application/json' | 'application/x-www-form-urlencoded'
  authorization?: string | undefined
  signingSecret?: string | undefined
}

/** How a value is written inside a body, so that no value ends it. */
const writers: Record<SmsOptions['contentType'], (value: string) => string> = {
  'application/json': (value) => JSON.stringify(value).slice(1, -1),
  'application/x-www-form-urlencoded': encodeURIComponent,
}

const bodyOf = ({ body, contentType }: SmsOptions, { address, message, key }: OutgoingNotice): string => {
  const values: Readonly<Record<string, string>> = { to: address, text: message.sms, key }
  return body.replaceAll(/\{\{(to|text|key)\}\}/g, (_, name: string) => writers[contentType](values[name] ?? ''))
}

/** Text messages. */
export const createSmsChannel = (options: SmsOptions, wallNow: () => number): NoticeChannel => ({
  name: 'sms',
  deliver: (notice) =>
    post({
      url: options.url,
      contentType: `${options.contentType}; charset=utf-8`,
      body: bodyOf(options, notice),
      key: notice.key,
      authorization: options.authorization,
      signingSecret: options.signingSecret,
      wallNow: wallNow(),
    }),
  close: () => {},
})
