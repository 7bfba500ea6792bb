import type { ReportAnswer } from '@fanari/contracts'
import type { CitizenDoor } from './citizen-door.ts'
import { randomOf, reportOf, townAssets } from './citizen-town.ts'

/** Requests that are under way at once. */
const lanes = 16

/** Works off what is given, several at a time. */
const inLanes = async <Item>(items: readonly Item[], work: (item: Item, index: number) => Promise<void>) => {
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await work(items[index] as Item, index)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/**
 * Has the platform take reports as citizens and staff send them, and lets crews and citizens bring nearly all of them to their end: so
 * every row in the database is one that the platform has written.
 */
export const makeHistory = async (door: CitizenDoor, reports: number): Promise<void> => {
  await door.call('PUT', 'assets', townAssets())
  for (const id of ['north', 'south', 'night']) {
    await door.call('PUT', `teams/${id}`, { name: id, service: 'municipalLighting', communities: [], members: [] })
  }
  const categories = await categoriesOf(door)
  const random = randomOf(1)
  const bodies = Array.from({ length: reports }, (_, number) => reportOf(number, random, categories))
  const answers: ReportAnswer[] = []
  await inLanes(bodies, async (body, index) => {
    answers[index] = await door.call<ReportAnswer>('POST', 'reports', body)
  })
  const byTicket = new Map(answers.map((answer) => [answer.ticket, answer]))
  const fates = [...byTicket.values()].map((answer) => ({ answer, fate: random(), team: random() }))
  await inLanes(fates, async ({ answer: { ticket, trackingCode, answerToken }, fate, team }) => {
    if (fate < 0.02) return
    const step = (body: object) => door.call('POST', `tickets/${ticket}/work`, body)
    await step({ event: 'assign', team: team < 0.4 ? 'north' : team < 0.8 ? 'south' : 'night' })
    if (fate < 0.04) return
    if (fate > 0.9) await step({ event: 'wait', reason: 'waitingForNetworkOperator' })
    await step({ event: 'done', workMinutes: 20 })
    const lit = fate < 0.06 ? 'no' : 'yes'
    await door.call('POST', `tracking/${trackingCode}/answer`, {
      lit,
      token: answerToken,
      rating: 1 + Math.floor(team * 5),
    })
  })
}

/** The codes of the catalogue, which is of no municipality. */
const categoriesOf = async (door: CitizenDoor): Promise<ReadonlySet<string>> => {
  const { categories } = await door.call<{ categories: object }>('GET', '../../catalogue')
  return new Set(Object.keys(categories))
}
