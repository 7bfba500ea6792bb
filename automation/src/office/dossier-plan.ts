import { hash } from 'node:crypto'
import type { Instant, Ticket } from '@fanari/contracts'

/*
 * Which letters the network operator gets about a ticket: the dossier, corrections when what it says has changed, and the end. Pure.
 */

export type LetterKind = 'opened' | 'corrected' | 'withdrawn' | 'closed'

interface Matter {
  ticket: Ticket
  heardAt: Instant
  /** The last letter; `null`: none yet. */
  sent: { at: Instant; content: string } | null
}

export interface DossierState {
  matters: Readonly<Record<string, Matter>>
}
export const initialDossiers: DossierState = { matters: {} }

export interface DossierPolicy {
  /** How long a new matter may still grow before it is written down [ms]. */
  waitMs: number
  /** The least time between two letters about the same matter [ms]. */
  correctionMs: number
}

/** Takes a ticket of any service: one that was the operator's may go elsewhere. */
export const hearMatter = (state: DossierState, ticket: Ticket, at: Instant): DossierState => {
  const known = state.matters[ticket.id]
  if (known === undefined && (ticket.service !== 'networkOperator' || ticket.status === 'closed')) return state
  if (known !== undefined && ticket.revision <= known.ticket.revision) return state
  const { [ticket.id]: _, ...others } = state.matters
  // Over before anything was sent: nothing to tell.
  if (known?.sent === null && (ticket.status === 'closed' || ticket.service !== 'networkOperator'))
    return { matters: others }
  return { matters: { ...others, [ticket.id]: { heardAt: at, sent: null, ...known, ticket } } }
}

/** The letters due at `now`, the state once they are sent, and when the next may be due. */
export const planLetters = (
  state: DossierState,
  policy: DossierPolicy,
  now: Instant,
): { state: DossierState; letters: { kind: LetterKind; ticket: Ticket }[]; nextAt: Instant | null } => {
  const matters: Record<string, Matter> = {}
  const letters: { kind: LetterKind; ticket: Ticket }[] = []
  const later: Instant[] = []
  for (const [id, matter] of Object.entries(state.matters)) {
    const next = nextLetter(matter, policy)
    if (next === null || next.at > now) {
      matters[id] = matter
      if (next !== null) later.push(next.at)
      continue
    }
    letters.push({ kind: next.kind, ticket: matter.ticket })
    if (next.kind === 'opened' || next.kind === 'corrected')
      matters[id] = { ...matter, sent: { at: now, content: contentOf(matter.ticket) } }
  }
  return { state: { matters }, letters, nextAt: later.length === 0 ? null : Math.min(...later) }
}

const nextLetter = (
  { ticket, heardAt, sent }: Matter,
  { waitMs, correctionMs }: DossierPolicy,
): { kind: LetterKind; at: Instant } | null => {
  if (sent === null) return { kind: 'opened', at: heardAt + waitMs }
  if (ticket.status === 'closed') return { kind: ticket.outcome === 'superseded' ? 'withdrawn' : 'closed', at: sent.at }
  if (ticket.service !== 'networkOperator') return { kind: 'withdrawn', at: sent.at }
  return contentOf(ticket) === sent.content ? null : { kind: 'corrected', at: sent.at + correctionMs }
}

/** What a letter says of a ticket: its status and history are not the operator's matter. */
const contentOf = ({ title, members, incident, location }: Ticket): string =>
  hash('sha256', JSON.stringify([title, members, incident, location.text]))
