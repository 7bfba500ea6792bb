import type { RollCall } from '@fanari/contracts'
import { useMemo } from 'react'
import { useLocale } from '../i18n/locale.tsx'
import { useTown } from '../live/town-context.tsx'
import { StateMark } from '../parts/state-mark.tsx'

const states = ['lit', 'dark', 'unknown'] as const

/** The last roll-call of the night: who answered lit, dark or not at all, by community; the darkest first. */
export const RollCallTable = () => {
  const { text, format, language } = useLocale()
  const calls = useTown((town) => town.rollCalls)
  const communities = useTown((town) => town.communities)
  const rows = useMemo(() => {
    const nameOf = ({ community }: RollCall): string => communities.get(community)?.name ?? community
    return [...calls.values()]
      .map((call) => ({ ...call, name: nameOf(call) }))
      .toSorted((a, b) => b.dark - a.dark || b.unknown - a.unknown || a.name.localeCompare(b.name, language))
  }, [calls, communities, language])
  const [first] = rows
  if (first === undefined) return null
  const total = (state: (typeof states)[number]): number => rows.reduce((sum, row) => sum + row[state], 0)
  return (
    <details className="roll-call">
      <summary>
        <span>{text.rollCall(format.dayMonth(Date.parse(`${first.night}T12:00:00Z`)))}</span>
        <span className="roll-call-totals">
          {states.map((state) => (
            <span key={state} className={`count count-${state}`} data-none={total(state) === 0}>
              <StateMark state={state} />
              {format.number(total(state))}
              <span className="visually-hidden"> {text.totalOf[state]}</span>
            </span>
          ))}
        </span>
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.community}</th>
            <th scope="col">{text.rollCallAt}</th>
            {states.map((state) => (
              <th key={state} scope="col" className="roll-call-state">
                <StateMark state={state} />
                <span className="visually-hidden">{text.totalOf[state]}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, community, at, lit, dark, unknown }) => (
            <tr key={community} data-dark={dark > 0}>
              <th scope="row">{name}</th>
              <td>{format.clock(Date.parse(at), false)}</td>
              <td>{format.number(lit)}</td>
              <td>{format.number(dark)}</td>
              <td>{format.number(unknown)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
