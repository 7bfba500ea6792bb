import type { LightState, Municipality } from '@fanari/contracts'
import type { Language } from '../i18n/format.ts'
import { useLocale } from '../i18n/locale.tsx'
import { usePlatformNow, useSky, useTown, useWallNow } from '../live/town-context.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { SignIn } from './sign-in.tsx'

export const Header = ({
  municipality,
  municipalities,
  onMunicipality,
  onLanguage,
}: {
  municipality: Municipality
  municipalities: Municipality[]
  onMunicipality: (id: string) => void
  onLanguage: (language: Language) => void
}) => {
  const { text } = useLocale()
  return (
    <header className="header">
      <a className="skip-link" href="#panels">
        {text.skipToPanels}
      </a>
      <h1 className="brand">
        <span className="wordmark">
          <Lantern />
          Fanari
        </span>
        {municipalities.length > 1 ? (
          <select
            className="municipality"
            aria-label={text.municipality}
            value={municipality.id}
            onChange={(event) => onMunicipality(event.target.value)}
          >
            {municipalities.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <span className="municipality">{municipality.name}</span>
        )}
      </h1>
      <PlatformClock />
      <Totals />
      <div className="header-end">
        <ConnectionState />
        <LanguageSwitch onLanguage={onLanguage} />
        <SignIn />
      </div>
    </header>
  )
}

const Lantern = () => (
  <svg className="lantern" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M10 12h12l-2.2 12h-7.6z" fill="var(--lit)" />
    <path d="M8.5 11.5 16 5l7.5 6.5z" fill="currentColor" />
    <path d="M12 25.5h8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
  </svg>
)

const skyMarks = { day: '☀', twilight: '◐', night: '☾' } as const

const PlatformClock = () => {
  const { text, format } = useLocale()
  const nowMs = usePlatformNow(500)
  const speed = useTown((town) => town.clock?.speed ?? 1)
  const sky = useSky()
  if (nowMs === null) return <div className="clock" />
  return (
    <div className="clock">
      <time className="clock-time" dateTime={new Date(nowMs).toISOString()} title={text.clock}>
        {format.clock(nowMs, speed < 10)}
      </time>
      <span className="clock-about">
        <span className="clock-date">{format.date(nowMs)}</span>
        <span>
          {sky !== null && (
            <span className="sky">
              <span aria-hidden="true">{skyMarks[sky]}</span> {text[sky]}
            </span>
          )}
          {speed !== 1 && <span className="badge">{text.simulation(format.number(speed))}</span>}
        </span>
      </span>
    </div>
  )
}

const always: LightState[] = ['lit', 'dark', 'unknown', 'off']
const whenAny: LightState[] = ['unexpectedlyOn', 'maintenance']

const Totals = () => {
  const { text, format } = useLocale()
  const totals = useTown((town) => town.totals)
  const shown = [...always, ...whenAny.filter((state) => totals[state] > 0)]
  return (
    <ul className="totals" aria-label={text.totals}>
      {shown.map((state) => (
        <li key={state} className={`total total-${state}`} data-none={totals[state] === 0}>
          <StateMark state={state} />
          <span className="total-count">{format.number(totals[state])}</span>
          <span className="total-name">{text.totalOf[state]}</span>
        </li>
      ))}
    </ul>
  )
}

const ConnectionState = () => {
  const { text, format } = useLocale()
  const connection = useTown((town) => town.connection)
  const wallMs = useWallNow(1_000)
  const words =
    connection.state === 'live'
      ? text.live
      : connection.state === 'connecting'
        ? text.connecting
        : text.reconnecting(format.span(wallMs - connection.since))
  return (
    <p className="connection" data-state={connection.state}>
      <span className="connection-dot" aria-hidden="true" />
      <span className="connection-words">{words}</span>
    </p>
  )
}

const languages = { el: 'Ελ', en: 'En' } as const

const LanguageSwitch = ({ onLanguage }: { onLanguage: (language: Language) => void }) => {
  const { text, language } = useLocale()
  return (
    <fieldset className="language">
      <legend className="visually-hidden">{text.language}</legend>
      {(['el', 'en'] as const).map((choice) => (
        <button
          key={choice}
          type="button"
          lang={choice}
          aria-pressed={language === choice}
          onClick={() => onLanguage(choice)}
        >
          {languages[choice]}
        </button>
      ))}
    </fieldset>
  )
}
