import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { type ApiClient, ApiError } from './api/client.ts'
import type { Session } from './api/types.ts'

/** The token lives as long as the tab, and is never written anywhere else. */
const tokenKey = 'fanari.token'

export type SignInOutcome = 'signedIn' | 'refused' | 'unreachable'

interface SessionAccess {
  session: (Session & { token: string }) | null
  signIn(token: string): Promise<SignInOutcome>
  signOut(): void
}

const SessionContext = createContext<SessionAccess | null>(null)

export const SessionProvider = ({ client, children }: { client: ApiClient; children: ReactNode }) => {
  const [session, setSession] = useState<SessionAccess['session']>(null)

  const signOut = useCallback(() => {
    sessionStorage.removeItem(tokenKey)
    setSession(null)
  }, [])

  const signIn = useCallback(
    async (token: string): Promise<SignInOutcome> => {
      try {
        setSession({ ...(await client.session(token)), token })
        sessionStorage.setItem(tokenKey, token)
        return 'signedIn'
      } catch (error) {
        const refused = error instanceof ApiError && (error.status === 401 || error.status === 403)
        if (refused) signOut()
        return refused ? 'refused' : 'unreachable'
      }
    },
    [client, signOut],
  )

  useEffect(() => {
    const token = sessionStorage.getItem(tokenKey)
    if (token !== null) void signIn(token)
  }, [signIn])

  const value = useMemo(() => ({ session, signIn, signOut }), [session, signIn, signOut])
  return <SessionContext value={value}>{children}</SessionContext>
}

export const useSession = (): SessionAccess => {
  const value = useContext(SessionContext)
  if (value === null) throw new Error('useSession needs a SessionProvider above it')
  return value
}
