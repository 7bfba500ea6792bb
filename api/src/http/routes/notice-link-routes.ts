import { idSchema, subscriptionRequestSchema, type Tracking } from '@fanari/contracts'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { UnsubscribeSubject } from '../../notices/links.ts'
import { readTrackingCode } from '../../reports/tracking-code.ts'
import type { HttpApp } from '../app.ts'
import { type LinkPage, linkPage } from '../link-page.ts'
import { linkWords as words } from '../link-words.ts'
import { answers, mediaAnswer } from '../problems.ts'
import type { HttpServices } from '../services.ts'
import { municipalityOf, municipalityParams, writeProblems } from './register-routes.ts'

const base = '/api/v1/municipalities/:municipality'
const token = z.string().min(1).max(128)
const unsubscribeQuery = z
  .object({ report: idSchema.optional(), subscription: idSchema.optional(), token })
  .refine(({ report, subscription }) => (report === undefined) !== (subscription === undefined), 'names one of the two')
const confirmQuery = z.object({ subscription: idSchema, token })
const statusQuery = z.object({ code: z.string().min(1).max(32), token: token.optional() })
/** What a button or a mail program's own sends; anything else it sends does not matter. */
const unsubscribeBody = z.object({ scope: z.enum(['one', 'all']).default('one') })
const answerBody = z.object({ lit: z.enum(['yes', 'no']), token })

const page = mediaAnswer('A page', 'text/html', z.string())
const pageAnswers = answers({ 200: page, 404: page }, 'too-many-requests')

const subjectIn = ({ report, subscription }: { report?: string | undefined; subscription?: string | undefined }) =>
  report === undefined
    ? ({ kind: 'subscription', id: subscription ?? '' } satisfies UnsubscribeSubject)
    : ({ kind: 'report', id: report } satisfies UnsubscribeSubject)

/** Greek, unless a browser asks for English before it. */
const languageOf = (accepted: string | undefined): 'el' | 'en' => (/^\s*en\b/i.test(accepted ?? '') ? 'en' : 'el')

/** Mail scanners fetch every link: showing a page changes nothing, and pages are kept out of caches and of what other sites are told. */
const show = (reply: FastifyReply, content: LinkPage, status = 200) =>
  reply.code(status).headers({ 'cache-control': 'no-store' }).type('text/html; charset=utf-8').send(linkPage(content))

/** What links of messages lead to, and asking for messages about an area. GET shows, POST acts. */
export const addNoticeLinkRoutes = (
  app: HttpApp,
  { register, noticeDesk, proof }: Pick<HttpServices, 'register' | 'noticeDesk' | 'proof'>,
): void => {
  const { links, subscriptions, placeOfInterest } = noticeDesk

  app.post(
    `${base}/subscriptions`,
    {
      config: { permission: 'public.write' },
      schema: {
        summary: 'Ask for messages about an area',
        description:
          'The answer is always the same. Messages begin when the link in the confirming e-mail is followed and its button pressed.',
        tags: ['notices'],
        params: municipalityParams,
        body: subscriptionRequestSchema,
        response: answers(
          { 202: z.object({ status: z.literal('confirmationSent') }) },
          'not-found',
          'not-ready',
          'too-many-requests',
          ...writeProblems,
        ),
      },
    },
    async (request, reply) => {
      const { municipality } = request.params
      municipalityOf(register, municipality)
      const place = placeOfInterest(municipality, request.body, request.body.language)
      subscriptions.ask(municipality, request.body, place)
      return reply.code(202).send({ status: 'confirmationSent' as const })
    },
  )

  app.register(async (plugin) => {
    const scope: HttpApp = plugin
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
    )
    // RFC 8058 lets a mail program send its one click so, too; what is in it says nothing more.
    scope.addContentTypeParser<string>('multipart/form-data', { parseAs: 'string' }, (_request, _body, done) =>
      done(null, {}),
    )

    const gone = (reply: FastifyReply, language: 'el' | 'en') =>
      show(reply, { language, title: words[language].gone, lines: [words[language].goneWhy] }, 404)
    const about = (summary: string) => ({
      summary,
      tags: ['notices'],
      params: municipalityParams,
      response: pageAnswers,
    })

    scope.get(
      `${base}/notices/unsubscribe`,
      {
        config: { permission: 'public.lookUp' },
        schema: { ...about('The page that stops messages; it changes nothing'), querystring: unsubscribeQuery },
      },
      ({ params: { municipality }, query, headers }, reply) => {
        const language = languageOf(headers['accept-language'])
        const subject = subjectIn(query)
        if (!links.mayUnsubscribe(municipality, subject, query.token)) return gone(reply, language)
        const { stop, stopWhy, stopOne, stopArea, stopAll } = words[language]
        return show(reply, {
          language,
          title: stop,
          lines: [stopWhy],
          buttons: [
            { name: 'scope', value: 'one', label: subject.kind === 'report' ? stopOne : stopArea },
            { name: 'scope', value: 'all', label: stopAll },
          ],
        })
      },
    )

    scope.post(
      `${base}/notices/unsubscribe`,
      {
        config: { permission: 'public.write' },
        schema: {
          ...about('Stop messages: the page’s button, or a mail program’s one click (RFC 8058)'),
          querystring: unsubscribeQuery,
          body: unsubscribeBody.nullish(),
        },
      },
      ({ params: { municipality }, query, headers, body }, reply) => {
        const language = languageOf(headers['accept-language'])
        const subject = subjectIn(query)
        if (!links.mayUnsubscribe(municipality, subject, query.token)) return gone(reply, language)
        subscriptions.stop(municipality, subject, body?.scope ?? 'one')
        return show(reply, { language, title: words[language].stopped, lines: [] })
      },
    )

    scope.get(
      `${base}/notices/confirm`,
      {
        config: { permission: 'public.lookUp' },
        schema: {
          ...about('The page that begins the messages of an area; it changes nothing'),
          querystring: confirmQuery,
        },
      },
      ({ params: { municipality }, query, headers }, reply) => {
        const language = languageOf(headers['accept-language'])
        if (!links.mayConfirm(municipality, query.subscription, query.token)) return gone(reply, language)
        const { confirm, confirmWhy, confirmDo } = words[language]
        const buttons = [{ name: 'confirm', value: 'yes', label: confirmDo }]
        return show(reply, { language, title: confirm, lines: [confirmWhy], buttons })
      },
    )

    scope.post(
      `${base}/notices/confirm`,
      {
        config: { permission: 'public.write' },
        schema: { ...about('Begin the messages of an area'), querystring: confirmQuery },
      },
      ({ params: { municipality }, query, headers }, reply) => {
        const language = languageOf(headers['accept-language'])
        if (!links.mayConfirm(municipality, query.subscription, query.token)) return gone(reply, language)
        subscriptions.confirm(municipality, query.subscription)
        return show(reply, { language, title: words[language].confirmed, lines: [] })
      },
    )

    const statusPage = (tracking: Tracking, language: 'el' | 'en', answerToken: string | undefined): LinkPage => {
      const { request, yes, no, still, stillNo, thanks } = words[language]
      const { asks, outcome, answer, steps, title, place } = tracking
      const told = steps.map((step) => step[language])
      const mayContradict = asks === null && (outcome === 'fixed' || outcome === 'unconfirmed')
      const isAnswered = asks === null && answer !== null
      return {
        language,
        title: `${request} ${tracking.trackingCode.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3')}`,
        lines: [
          `${title}, ${place}`,
          told.join(' → '),
          ...(isAnswered ? [thanks] : []),
          ...(answerToken === undefined ? [] : asks === null ? (mayContradict ? [still] : []) : [asks[language]]),
        ],
        ...(answerToken === undefined
          ? {}
          : {
              hidden: { token: answerToken },
              buttons:
                asks !== null
                  ? [
                      { name: 'lit', value: 'yes', label: yes },
                      { name: 'lit', value: 'no', label: no },
                    ]
                  : mayContradict
                    ? [{ name: 'lit', value: 'no', label: stillNo }]
                    : [],
            }),
      }
    }

    scope.get(
      `${base}/notices/status`,
      {
        config: { permission: 'public.lookUp' },
        schema: { ...about('What became of a report, as a page; it changes nothing'), querystring: statusQuery },
      },
      ({ params: { municipality }, query, headers }, reply) => {
        const language = languageOf(headers['accept-language'])
        const code = readTrackingCode(query.code)
        const tracking = code === null ? null : proof.tracking(municipality, code)
        return tracking === null ? gone(reply, language) : show(reply, statusPage(tracking, language, query.token))
      },
    )

    scope.post(
      `${base}/notices/status`,
      {
        config: { permission: 'public.write' },
        schema: {
          ...about("Answer 'is it lit?' by the page's buttons"),
          querystring: statusQuery,
          body: answerBody,
          response: answers({ 200: page, 404: page }, 'conflict', 'forbidden', 'too-many-requests'),
        },
      },
      async ({ params: { municipality }, query, headers, body }, reply) => {
        const language = languageOf(headers['accept-language'])
        const code = readTrackingCode(query.code)
        if (code === null || proof.tracking(municipality, code) === null) return gone(reply, language)
        const tracking = await proof.answer(municipality, code, { lit: body.lit === 'yes', token: body.token })
        return show(reply, statusPage(tracking, language, undefined))
      },
    )
  })
}
