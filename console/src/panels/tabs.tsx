import { useLocale } from '../i18n/locale.tsx'
import { useTown } from '../live/town-context.tsx'
import { type Tab, useView } from '../view.tsx'

/** Switches between lists; the number is of what is open. */
export const Tabs = ({ tabs, className }: { tabs: Tab[]; className: string }) => {
  const { text, format } = useLocale()
  const { view, actions } = useView()
  const incidents = useTown((town) => town.incidents)
  const tickets = useTown((town) => town.tickets)
  const open = (list: typeof incidents | typeof tickets) =>
    [...list.values()].filter(({ endedSeenAt }) => endedSeenAt === null).length
  const counts = { communities: 0, incidents: open(incidents), tickets: open(tickets) }
  // On a wide page the communities have a place of their own and cannot be chosen here.
  const current = tabs.includes(view.tab) ? view.tab : 'incidents'
  return (
    <nav className={className}>
      {tabs.map((tab) => (
        <button
          key={tab}
          type="button"
          aria-current={tab === current && view.light === null ? 'true' : undefined}
          onClick={() => actions.openTab(tab)}
        >
          {text[tab]}
          {counts[tab] > 0 && <span className={`tab-count tab-count-${tab}`}>{format.number(counts[tab])}</span>}
        </button>
      ))}
    </nav>
  )
}
