import type { NoticeChannelName, NoticeLanguage, NoticeStep } from '@fanari/contracts'
import type { RenderedNotice } from './template.ts'

/** One message, as a channel takes it. */
export interface OutgoingNotice {
  /** Names the message: the same one sent twice, after a crash, has the same. */
  key: string
  municipality: string
  municipalityName: string
  step: NoticeStep
  language: NoticeLanguage
  /** An e-mail address or a number in E.164; of a webhook none: it has its own. */
  address: string
  /** The report or ticket it is about: mail programs show the messages of one together. */
  thread: string
  report: string | null
  ticket: string | null
  /** Platform time, ISO 8601. */
  at: string
  message: RenderedNotice
  unsubscribeUrl: string | null
}

/**
 * What became of a try. `refused`: never to be tried again. `later`: this message, not now. `away`: the way itself is shut, so that no
 * message needs to be tried. Reasons are stored: they name no address.
 */
export type Delivery =
  | { kind: 'sent' }
  | { kind: 'refused'; reason: string }
  | { kind: 'later'; reason: string; afterMs?: number }
  | { kind: 'away'; reason: string }

/** One way to reach people. */
export interface NoticeChannel {
  name: NoticeChannelName
  /** Never throws for what the other side does. */
  deliver(notice: OutgoingNotice): Promise<Delivery>
  close(): void
}
