import { type FormEvent, useRef, useState } from 'react'
import { useLocale } from '../i18n/locale.tsx'
import { type SignInOutcome, useSession } from '../session.tsx'

export const SignIn = () => {
  const { text } = useLocale()
  const { session, signIn, signOut } = useSession()
  const dialog = useRef<HTMLDialogElement>(null)
  const [token, setToken] = useState('')
  const [outcome, setOutcome] = useState<SignInOutcome | null>(null)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const result = await signIn(token.trim())
    setOutcome(result)
    if (result !== 'signedIn') return
    setToken('')
    dialog.current?.close()
  }

  if (session !== null) {
    return (
      <div className="session">
        <span className="session-name">{text.signedInAs(session.name, text.roleOf[session.role])}</span>
        <button type="button" className="button button-quiet" onClick={signOut}>
          {text.signOut}
        </button>
      </div>
    )
  }
  return (
    <>
      <button type="button" className="button button-quiet" onClick={() => dialog.current?.showModal()}>
        {text.signIn}
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="sign-in-title" onClose={() => setOutcome(null)}>
        <form onSubmit={submit}>
          <h2 id="sign-in-title">{text.signIn}</h2>
          <label>
            {text.token}
            <input
              type="password"
              autoComplete="off"
              required
              value={token}
              aria-describedby="sign-in-hint"
              aria-invalid={outcome === 'refused'}
              onChange={(event) => setToken(event.target.value)}
            />
          </label>
          <p id="sign-in-hint" className="soft">
            {text.tokenHint}
          </p>
          <p className="form-error" role="alert">
            {outcome === 'refused' && text.tokenWrong}
            {outcome === 'unreachable' && text.platformUnreachable}
          </p>
          <div className="dialog-actions">
            <button type="button" className="button button-quiet" onClick={() => dialog.current?.close()}>
              {text.cancel}
            </button>
            <button type="submit" className="button">
              {text.signIn}
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}
