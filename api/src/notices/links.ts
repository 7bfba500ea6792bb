import { hash, timingSafeEqual } from 'node:crypto'
import type { Database } from '../store/database.ts'

/** What a link that stops messages is about. */
export interface UnsubscribeSubject {
  kind: 'report' | 'subscription'
  id: string
}

/**
 * Links of messages. Following one only shows a page; what it is for is done by the page's button. Mail scanners fetch links before
 * their reader does: nothing happens, and the link stays good.
 */
export interface Links {
  /** `null` when it is not known where browsers find the platform, or there is no such report. */
  status(municipality: string, report: string): string | null
  /** The same page, with what answers 'is it lit?'. */
  answer(municipality: string, report: string): string | null
  unsubscribe(municipality: string, subject: UnsubscribeSubject): string | null
  confirm(municipality: string, subscription: string): string | null
  /** Whether a token is the one that `unsubscribe` gives out. */
  mayUnsubscribe(municipality: string, subject: UnsubscribeSubject, token: string): boolean
  mayConfirm(municipality: string, subscription: string, token: string): boolean
}

/** A secret's stand-in for one purpose: who holds one link of a message holds no other. */
const derived = (purpose: string, secret: string): string => hash('sha256', `${purpose}:${secret}`, 'base64url')

const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(hash('sha256', a)), Buffer.from(hash('sha256', b)))

export const createLinks = (options: { database: Database; publicUrl: string | null }): Links => {
  const { database, publicUrl } = options

  const reportOf = (municipality: string, id: string) =>
    database.get<{ tracking_code: string; answer_token: string }>(
      'SELECT tracking_code, answer_token FROM reports WHERE municipality = ? AND id = ?',
      municipality,
      id,
    )
  const tokenOfSubscription = (municipality: string, id: string): string | null =>
    database.get<{ token: string }>(
      'SELECT token FROM area_subscriptions WHERE municipality = ? AND id = ?',
      municipality,
      id,
    )?.token ?? null
  const secretOf = (municipality: string, { kind, id }: UnsubscribeSubject): string | null =>
    kind === 'report' ? (reportOf(municipality, id)?.answer_token ?? null) : tokenOfSubscription(municipality, id)

  const address = (municipality: string, page: string, query: Record<string, string>): string | null =>
    publicUrl === null
      ? null
      : `${publicUrl}/api/v1/municipalities/${municipality}/notices/${page}?${new URLSearchParams(query)}`

  const statusPage = (municipality: string, id: string, withToken: boolean): string | null => {
    const report = reportOf(municipality, id)
    if (report === null) return null
    const query = { code: report.tracking_code, ...(withToken ? { token: report.answer_token } : {}) }
    return address(municipality, 'status', query)
  }

  return {
    status: (municipality, report) => statusPage(municipality, report, false),
    answer: (municipality, report) => statusPage(municipality, report, true),
    unsubscribe: (municipality, subject) => {
      const secret = secretOf(municipality, subject)
      return secret === null
        ? null
        : address(municipality, 'unsubscribe', { [subject.kind]: subject.id, token: derived('unsubscribe', secret) })
    },
    confirm: (municipality, id) => {
      const secret = tokenOfSubscription(municipality, id)
      return secret === null
        ? null
        : address(municipality, 'confirm', { subscription: id, token: derived('confirm', secret) })
    },
    mayUnsubscribe: (municipality, subject, token) => {
      const secret = secretOf(municipality, subject)
      return secret !== null && isSame(derived('unsubscribe', secret), token)
    },
    mayConfirm: (municipality, id, token) => {
      const secret = tokenOfSubscription(municipality, id)
      return secret !== null && isSame(derived('confirm', secret), token)
    },
  }
}
