import type { IncidentExplanation as Explained, Incident } from '@fanari/contracts'
import { useEffect, useState } from 'react'
import type { ApiClient } from '../api/client.ts'
import { useLocale } from '../i18n/locale.tsx'
import { Explanation } from '../parts/explanation.tsx'

type Answer = { kind: 'loading' } | { kind: 'known'; explained: Explained } | { kind: 'failed'; why: string }

/** Why an incident is believed and on which evidence; asked for once: keyed by the incident's revision. */
export const IncidentExplanation = (props: {
  client: ApiClient
  municipality: string
  incident: Incident
  nowMs: number
}) => {
  const { client, municipality, incident, nowMs } = props
  const { text, format, language } = useLocale()
  const answer = useExplanation(client, municipality, incident)
  switch (answer.kind) {
    case 'loading':
      return <p className="soft">{text.loadingExplanation}</p>
    case 'failed':
      return <p className="form-error">{text.explanationUnavailable(answer.why)}</p>
    case 'known':
      return (
        <div className="incident-why">
          <Explanation sentences={answer.explained.text[language]} />
          {answer.explained.evidence.length > 0 && (
            <>
              <h4>{text.evidence}</h4>
              <ul className="evidence">
                {answer.explained.evidence.map(({ at, kind, subject, detail, words }) => (
                  <li className="evidence-fact" key={`${kind} ${subject} ${at} ${detail}`}>
                    <span className="evidence-head">
                      {format.moment(Date.parse(at), nowMs)} · {text.evidenceOf[kind]} · {subject}
                    </span>
                    <span>{words[language]}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )
  }
}

const useExplanation = (client: ApiClient, municipality: string, { id }: Incident): Answer => {
  const [answer, setAnswer] = useState<Answer>({ kind: 'loading' })
  useEffect(() => {
    let stopped = false
    client.explainIncident(municipality, id).then(
      (explained) => stopped || setAnswer({ kind: 'known', explained }),
      (error: unknown) =>
        stopped || setAnswer({ kind: 'failed', why: error instanceof Error ? error.message : String(error) }),
    )
    return () => {
      stopped = true
    }
  }, [client, municipality, id])
  return answer
}
