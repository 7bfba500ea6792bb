import { faultCatalogue, type Incident } from '@fanari/contracts'
import { useEffect, useRef, useState } from 'react'
import { useLocale } from '../i18n/locale.tsx'
import { useTown, useTownStore } from '../live/town-context.tsx'
import { usePlaceNames } from './place-names.ts'

/** Tells those who hear the page what begins and ends. What was open when the page came up is not news. */
export const Announcer = () => {
  const { text, language } = useLocale()
  const store = useTownStore()
  const incidents = useTown((town) => town.incidents)
  const placeOf = usePlaceNames()
  const heard = useRef<ReadonlyMap<string, Incident['state']> | null>(null)
  const [words, setWords] = useState('')

  useEffect(() => {
    const states = new Map([...incidents].map(([id, { document }]) => [id, document.state] as const))
    const before = heard.current
    if (store.state().loaded) heard.current = states
    if (before === null) return
    const news = [...incidents.values()].flatMap(({ document }) => {
      if (before.get(document.id) === document.state) return []
      const title = faultCatalogue[document.fault].title[language]
      return document.state === 'open' ? text.newIncident(title, placeOf(document)) : text.incidentEnded(title)
    })
    if (news.length > 0) setWords(news.join('. '))
  }, [incidents, store, text, language, placeOf])

  return (
    <p className="visually-hidden" aria-live="polite">
      {words}
    </p>
  )
}
