import type { CommunityStatus } from '@fanari/contracts'
import { useDeferredValue, useMemo, useState } from 'react'
import { useLocale } from '../i18n/locale.tsx'
import { searchable } from '../live/register.ts'
import { useTown } from '../live/town-context.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { useView } from '../view.tsx'
import { byDarkness } from './darkness.ts'
import { MatchingLights, TroubledLights } from './light-lists.tsx'
import { RollCallTable } from './roll-call.tsx'

/** Every community, the darkest first; and the way to any light without the map. */
export const CommunitiesPanel = () => {
  const { text, language } = useLocale()
  const loaded = useTown((town) => town.loaded)
  const communities = useTown((town) => town.communities)
  const [query, setQuery] = useState('')
  const wanted = searchable(useDeferredValue(query).trim())
  const sorted = useMemo(() => [...communities.values()].toSorted(byDarkness(language)), [communities, language])
  const shown = wanted === '' ? sorted : sorted.filter(({ name }) => searchable(name).includes(wanted))

  return (
    <div className="panel-scroll">
      <div className="search">
        <input
          type="search"
          aria-label={text.search}
          placeholder={text.searchHint}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <RollCallTable />
      {loaded && communities.size === 0 && <p className="empty">{text.noCommunities}</p>}
      {!loaded && <p className="empty">{text.loading}</p>}
      <ul className="communities">
        {shown.map((community) => (
          <CommunityRow key={community.id} community={community} />
        ))}
      </ul>
      {wanted !== '' && <MatchingLights wanted={wanted} othersFound={shown.length > 0} />}
    </div>
  )
}

const CommunityRow = ({ community }: { community: CommunityStatus }) => {
  const { text, format } = useLocale()
  const { view, actions } = useView()
  const { id, name, total, darkCommunity } = community
  const open = view.community === id
  return (
    <li className="community" data-dark={darkCommunity}>
      <button
        type="button"
        className="community-button"
        aria-expanded={open}
        onClick={() => (open ? actions.closeCommunity() : actions.openCommunity(id))}
      >
        <span className="community-head">
          <span className="community-name">{name}</span>
          {darkCommunity && <span className="flag">{text.darkCommunity}</span>}
          <span className="community-total">
            {format.number(total)}
            <span className="visually-hidden"> {text.matchingLights}</span>
          </span>
        </span>
        <LightBar community={community} />
        <span className="community-counts">
          {(['lit', 'dark', 'unknown'] as const).map((state) => (
            <span key={state} className={`count count-${state}`} data-none={community[state] === 0}>
              <StateMark state={state} />
              {format.number(community[state])} <span className="count-name">{text.totalOf[state]}</span>
            </span>
          ))}
        </span>
      </button>
      {open && <TroubledLights community={id} />}
    </li>
  )
}

/** The same numbers as the words below it, so it is silent. */
const LightBar = ({ community: { lit, dark, unknown, total } }: { community: CommunityStatus }) => {
  const width = (count: number) => ({ width: `${total === 0 ? 0 : (100 * count) / total}%` })
  return (
    <span className="light-bar" aria-hidden="true">
      <span className="bar-dark" style={width(dark)} />
      <span className="bar-unknown" style={width(unknown)} />
      <span className="bar-lit" style={width(lit)} />
    </span>
  )
}
