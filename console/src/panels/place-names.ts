import type { Incident } from '@fanari/contracts'
import { useCallback } from 'react'
import { useLocale } from '../i18n/locale.tsx'
import { useTown } from '../live/town-context.tsx'

/** Where an incident is, in words: «Κύκλωμα C-12 · Νέα Βύσσα». */
export const usePlaceNames = (): ((incident: Incident) => string) => {
  const { text } = useLocale()
  const communities = useTown((town) => town.register.communities)
  return useCallback(
    ({ scope, community }) => {
      const named = scope.kind === 'community' ? communities.get(scope.id)?.name : undefined
      if (scope.kind === 'platform') return text.scopeOf.platform
      const within = community === undefined ? undefined : communities.get(community)?.name
      const subject = `${text.scopeOf[scope.kind]} ${named ?? scope.id}`
      return within === undefined || within === named ? subject : `${subject} · ${within}`
    },
    [text, communities],
  )
}
