import type { LightState } from '@fanari/contracts'
import { useMemo } from 'react'
import { useLocale } from '../i18n/locale.tsx'
import type { Luminaire } from '../live/register.ts'
import { useTown } from '../live/town-context.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { useView } from '../view.tsx'

const longestList = 40

/** Lights whose id, pole or street has the wanted text. */
export const MatchingLights = ({ wanted, othersFound }: { wanted: string; othersFound: boolean }) => {
  const { text } = useLocale()
  const luminaires = useTown((town) => town.register.luminaires)
  const found = useMemo(
    () => [...luminaires.values()].filter(({ searchText }) => searchText.includes(wanted)),
    [luminaires, wanted],
  )
  if (found.length > 0) return <LightList title={text.matchingLights} lights={found} />
  return othersFound ? null : <p className="empty">{text.noMatches}</p>
}

/** In the order in which someone should look at them. */
const trouble: readonly LightState[] = ['dark', 'unexpectedlyOn', 'unknown', 'maintenance']

/** The lights of a community that are not as they should be. */
export const TroubledLights = ({ community }: { community: string }) => {
  const { text } = useLocale()
  const luminaires = useTown((town) => town.register.luminaires)
  const lights = useTown((town) => town.lights)
  const troubled = useMemo(() => {
    const rank = ({ id }: Luminaire) => trouble.indexOf(lights.get(id)?.state ?? 'unknown')
    return [...luminaires.values()]
      .filter((light) => light.community === community && rank(light) >= 0)
      .toSorted((a, b) => rank(a) - rank(b))
  }, [luminaires, lights, community])
  return troubled.length === 0 ? null : <LightList title={text.troubledLights} lights={troubled} />
}

const LightList = ({ title, lights }: { title: string; lights: Luminaire[] }) => {
  const { text, format } = useLocale()
  const { actions } = useView()
  const states = useTown((town) => town.lights)
  const more = lights.length - longestList
  return (
    <section className="light-list">
      <h3>{title}</h3>
      <ul>
        {lights.slice(0, longestList).map(({ id, street, pole }) => {
          const state = states.get(id)?.state ?? 'unknown'
          return (
            <li key={id}>
              <button type="button" className="light-row" onClick={() => actions.openLight(id)}>
                <StateMark state={state} />
                <span className="light-row-id">{id}</span>
                <span className="light-row-place">{[street, pole].filter(Boolean).join(' · ')}</span>
                <span className="light-row-state">{text.stateOf[state]}</span>
              </button>
            </li>
          )
        })}
      </ul>
      {more > 0 && <p className="soft">{text.moreLights(format.number(more))}</p>}
    </section>
  )
}
