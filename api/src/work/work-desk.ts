import { type BulkAction, type BulkResult, type Clock, ProblemError, type Ticket } from '@fanari/contracts'
import type { Principal } from '../access/permissions.ts'
import { judge } from '../access/permissions.ts'
import type { Database } from '../store/database.ts'
import type { Work, Worker } from './work.ts'

/** Work on tickets, each whole or not at all and published after its commit, which it shares with what comes in the same moment. */
export interface WorkDesk {
  /** Answers the ticket as it stands after it. @throws ProblemError */
  act(municipality: string, ticket: string, action: BulkAction, principal: Principal): Promise<Ticket>
  /** The same for many, one by one: what is refused does not keep back the others. */
  bulk(
    municipality: string,
    tickets: readonly string[],
    action: BulkAction,
    principal: Principal,
  ): Promise<BulkResult[]>
  workerOf(municipality: string, principal: Principal): Worker
}

export const createWorkDesk = (options: {
  database: Database
  work: Work
  /** MQTT and the live pages. */
  publish: (municipality: string, tickets: Ticket[]) => void
  clock: Clock
}): WorkDesk => {
  const { database, work, publish, clock } = options

  const workerOf = (municipality: string, principal: Principal): Worker => ({
    name: principal.name,
    team: principal.team,
    dispatches: judge(principal, 'ticket.dispatch', municipality) === 'allowed',
  })

  const change = (municipality: string, id: string, action: BulkAction, principal: Principal): Ticket[] => {
    const at = clock.now()
    const worker = workerOf(municipality, principal)
    switch (action.kind) {
      case 'work':
        return work.step(municipality, id, action.step, { worker, at })
      case 'ticket':
        return work.act(municipality, id, action.action, { worker, at })
      case 'forward':
        return work.forward(municipality, id, action.to, { by: worker.name, at })
      case 'category':
        return work.changeCategory(municipality, id, action.category, { by: worker.name, at })
      case 'route':
        return work.routeAgain(municipality, id, { by: worker.name, at })
    }
  }

  const act: WorkDesk['act'] = async (municipality, id, action, principal) => {
    const changed = await database.shared(() => change(municipality, id, action, principal))
    const latest = new Map(changed.map((ticket) => [ticket.id, ticket]))
    publish(municipality, [...latest.values()])
    const ticket = latest.get(id)
    if (ticket === undefined) throw new Error(`the ticket ${id} was not written`)
    return ticket
  }

  return {
    act,
    bulk: (municipality, tickets, action, principal) =>
      Promise.all(
        [...new Set(tickets)].map(async (id): Promise<BulkResult> => {
          try {
            return { id, outcome: 'done', status: (await act(municipality, id, action, principal)).status }
          } catch (error) {
            if (!(error instanceof ProblemError)) throw error
            return { id, outcome: 'refused', code: error.code, detail: error.message }
          }
        }),
      ),
    workerOf,
  }
}
