import { randomUUID } from 'node:crypto'
import {
  type AreaInterest,
  areaInterestSchema,
  type Clock,
  dayMs,
  type NoticeLanguage,
  ProblemError,
  type SubscriptionRequest,
} from '@fanari/contracts'
import { newSecret } from '../access/secrets.ts'
import type { Database } from '../store/database.ts'
import type { UnsubscribeSubject } from './links.ts'
import type { NoticeStore } from './notice-store.ts'

/** How long an unconfirmed subscription is kept [ms], and the most of one address. */
const unconfirmedLifeMs = 2 * dayMs
const mostOfAddress = 20
const mostUnconfirmedOfAddress = 3

export interface Subscription {
  municipality: string
  id: string
  email: string
  language: NoticeLanguage
  interest: AreaInterest
}

/** Who wants to be told of an area. Nobody is, until they have confirmed it from the address itself. */
export interface Subscriptions {
  /** Sends the confirming e-mail. Says nothing of whether the address is known here. @throws ProblemError `not-ready` without e-mail */
  ask(municipality: string, request: SubscriptionRequest, place: string): void
  confirm(municipality: string, id: string): void
  confirmed(municipality: string): Subscription[]
  /** Stops the messages of one report or subscription, or (`all`) everything that its address gets in the municipality. */
  stop(municipality: string, subject: UnsubscribeSubject, scope: 'one' | 'all'): void
}

interface Row {
  municipality: string
  id: string
  email: string
  language: NoticeLanguage
  interest: string
}

export const createSubscriptions = (options: {
  database: Database
  store: NoticeStore
  canMail: boolean
  municipality: (id: string) => { name: string }
  clock: Clock
  wallNow: () => number
}): Subscriptions => {
  const { database, store, clock, wallNow } = options

  const count = (municipality: string, email: string, condition: string): number =>
    database.get<{ n: number }>(
      `SELECT count(*) AS n FROM area_subscriptions WHERE municipality = ? AND email = ? AND ${condition}`,
      municipality,
      email,
    )?.n ?? 0

  const stopReports = (municipality: string, condition: string, ...values: string[]) =>
    database.run(
      `UPDATE report_contacts SET unsubscribed_at = ? WHERE municipality = ? AND unsubscribed_at IS NULL AND ${condition}`,
      clock.now(),
      municipality,
      ...values,
    )

  const stopAll = (municipality: string, { email, digits }: { email: string | null; digits: string | null }) => {
    if (email !== null) {
      stopReports(municipality, 'email = ?', email)
      database.run('DELETE FROM area_subscriptions WHERE municipality = ? AND email = ?', municipality, email)
    }
    if (digits !== null) stopReports(municipality, 'phone_digits = ?', digits)
  }

  return {
    ask: (municipality, { email: given, language, ...interest }, place) => {
      if (!options.canMail) throw new ProblemError('not-ready', 'E-mail is not set up here')
      const email = given.toLowerCase()
      const at = clock.now()
      database.transaction(() => {
        database.run(
          'DELETE FROM area_subscriptions WHERE confirmed_at IS NULL AND created_at < ?',
          at - unconfirmedLifeMs,
        )
        // Nobody can have a stranger's letter box filled, nor learn here who is in it.
        if (count(municipality, email, 'confirmed_at IS NULL') >= mostUnconfirmedOfAddress) return
        if (count(municipality, email, 'confirmed_at IS NOT NULL') >= mostOfAddress) return
        const id = randomUUID()
        database.run(
          `INSERT INTO area_subscriptions (municipality, id, email, language, interest, token, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          municipality,
          id,
          email,
          language,
          JSON.stringify(interest),
          newSecret(),
          at,
        )
        store.add(
          {
            municipality,
            cause: `subscription/${id}`,
            step: 'subscriptionConfirm',
            channel: 'email',
            language,
            recipient: { kind: 'subscription', id },
            ticket: null,
            matter: null,
            urgent: false,
            variables: { municipality: options.municipality(municipality).name, place },
            at,
          },
          wallNow(),
        )
      })
    },
    confirm: (municipality, id) => {
      database.run(
        'UPDATE area_subscriptions SET confirmed_at = ? WHERE municipality = ? AND id = ? AND confirmed_at IS NULL',
        clock.now(),
        municipality,
        id,
      )
    },
    confirmed: (municipality) =>
      database
        .all<Row>(
          `SELECT municipality, id, email, language, interest FROM area_subscriptions
           WHERE municipality = ? AND confirmed_at IS NOT NULL ORDER BY id`,
          municipality,
        )
        .map((row) => ({ ...row, interest: areaInterestSchema.parse(JSON.parse(row.interest)) })),
    stop: (municipality, { kind, id }, scope) =>
      database.transaction(() => {
        if (kind === 'report') {
          const contact = database.get<{ email: string | null; digits: string | null }>(
            'SELECT email, phone_digits AS digits FROM report_contacts WHERE municipality = ? AND report = ?',
            municipality,
            id,
          )
          stopReports(municipality, 'report = ?', id)
          if (scope === 'all' && contact !== null) stopAll(municipality, contact)
          return
        }
        const found = database.get<{ email: string }>(
          'SELECT email FROM area_subscriptions WHERE municipality = ? AND id = ?',
          municipality,
          id,
        )
        database.run('DELETE FROM area_subscriptions WHERE municipality = ? AND id = ?', municipality, id)
        if (scope === 'all' && found !== null) stopAll(municipality, { email: found.email, digits: null })
      }),
  }
}
