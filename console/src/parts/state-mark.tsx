import type { LightState } from '@fanari/contracts'

/** A light's state as a shape as well as a colour. Words stand beside it, so it is silent itself. */
export const StateMark = ({ state }: { state: LightState }) => (
  <svg className={`state-mark state-${state}`} viewBox="0 0 16 16" aria-hidden="true">
    {shapes[state]}
  </svg>
)

const letter = (text: string) => (
  <text x="8" y="11.6" textAnchor="middle" fontSize="10.5" fontWeight="700">
    {text}
  </text>
)

const shapes = {
  lit: (
    <>
      <circle cx="8" cy="8" r="7.5" className="mark-glow" />
      <circle cx="8" cy="8" r="4.2" className="mark-fill" />
    </>
  ),
  dark: (
    <>
      <circle cx="8" cy="8" r="6.5" className="mark-fill" />
      <path d="m5.5 5.5 5 5m0-5-5 5" className="mark-cut" />
    </>
  ),
  off: <circle cx="8" cy="8" r="4.2" className="mark-fill" />,
  unexpectedlyOn: (
    <g className="mark-solid">
      <circle cx="8" cy="8" r="6.5" className="mark-fill" />
      {letter('!')}
    </g>
  ),
  unknown: (
    <g className="mark-hollow">
      <circle cx="8" cy="8" r="6" className="mark-ring" />
      {letter('?')}
    </g>
  ),
  maintenance: <path d="M8 1.5 14.5 8 8 14.5 1.5 8z" className="mark-fill" />,
} as const
