import { useLocale } from '../i18n/locale.tsx'
import { useTown, useWallNow } from '../live/town-context.tsx'

/** Says how old the picture is while the platform cannot be heard. A short break is not worth a banner. */
const worthSayingMs = 3_000

export const StaleBanner = () => {
  const { text, format } = useLocale()
  const connection = useTown((town) => town.connection)
  const loaded = useTown((town) => town.loaded)
  const wallMs = useWallNow(1_000)
  const ageMs = connection.state === 'lost' ? wallMs - connection.since : 0
  const stale = ageMs >= worthSayingMs
  return (
    <div role="status" className="stale-slot">
      {stale && (
        <p className="stale-banner">{loaded ? text.staleBanner(format.span(ageMs)) : text.platformUnreachable}</p>
      )}
    </div>
  )
}
