import type { NoticeChannel } from './channel.ts'
import { post } from './http-post.ts'

/** A program that is told of every step, such as one that sends to a municipality's own application. */
export interface WebhookOptions {
  url: string
  signingSecret: string
}

/** Every step of every report as JSON, without personal data: the receiver knows its people by the report's id. */
export const createWebhookChannel = ({ url, signingSecret }: WebhookOptions, wallNow: () => number): NoticeChannel => ({
  name: 'webhook',
  deliver: ({ key, municipality, step, language, report, ticket, at, message }) =>
    post({
      url,
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify({
        key,
        municipality,
        step,
        at,
        report,
        ticket,
        language,
        subject: message.subject,
        text: message.sms,
      }),
      key,
      signingSecret,
      wallNow: wallNow(),
    }),
  close: () => {},
})
