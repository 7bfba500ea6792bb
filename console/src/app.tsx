import { Component, type ReactNode, useEffect, useState } from 'react'
import { readAddress } from './address.ts'
import type { ApiClient } from './api/client.ts'
import type { PlatformInfo } from './api/types.ts'
import type { Language } from './i18n/format.ts'
import { LocaleProvider, useLocale } from './i18n/locale.tsx'
import { Operations } from './operations.tsx'

const languageKey = 'fanari.language'
const retryMs = 3_000

/** Greek first; the other language is remembered on this machine. */
const rememberedLanguage = (): Language => (localStorage.getItem(languageKey) === 'en' ? 'en' : 'el')

/** Finds out which municipalities there are, and shows one. */
export const App = ({ client }: { client: ApiClient }) => {
  const [language, setLanguage] = useState(rememberedLanguage)
  const [chosen, choose] = useState(() => readAddress(location.hash).municipality)
  const { platform, failed } = usePlatform(client)
  const municipalities = platform?.municipalities ?? []
  const wanted = chosen ?? platform?.town?.municipality
  const municipality = municipalities.find(({ id }) => id === wanted) ?? municipalities[0]

  const changeLanguage = (next: Language) => {
    localStorage.setItem(languageKey, next)
    setLanguage(next)
  }

  return (
    <LocaleProvider language={language} timeZone={municipality?.timeZone ?? 'Europe/Athens'}>
      <FailureGuard>
        {municipality === undefined ? (
          <Waiting failed={failed} loaded={platform !== null} />
        ) : (
          <Operations
            key={municipality.id}
            client={client}
            municipality={municipality}
            municipalities={municipalities}
            onMunicipality={choose}
            onLanguage={changeLanguage}
          />
        )}
      </FailureGuard>
    </LocaleProvider>
  )
}

/** Asks until there is a municipality to show: at a first start the register may still be on its way. */
const usePlatform = (client: ApiClient) => {
  const [platform, setPlatform] = useState<PlatformInfo | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let stopped = false
    const ask = async () => {
      const answer = await client.platform().catch(() => null)
      if (stopped) return
      setFailed(answer === null)
      if (answer !== null) setPlatform(answer)
      if (answer === null || answer.municipalities.length === 0) timer = setTimeout(ask, retryMs)
    }
    void ask()
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [client])
  return { platform, failed }
}

const Waiting = ({ failed, loaded }: { failed: boolean; loaded: boolean }) => {
  const { text } = useLocale()
  return (
    <main className="waiting" role="status">
      <p className="wordmark">Fanari</p>
      <p>{failed ? text.platformUnreachable : loaded ? text.noMunicipality : text.connecting}</p>
    </main>
  )
}

/** A failure while drawing shows itself with a way on, not as an empty page. */
class FailureGuard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? <Failure /> : this.props.children
  }
}

const Failure = () => {
  const { text } = useLocale()
  return (
    <main className="waiting" role="alert">
      <p className="wordmark">Fanari</p>
      <p>{text.pageFailed}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </main>
  )
}
