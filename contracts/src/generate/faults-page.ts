import { catalogue } from '../catalogue.ts'
import type { FaultDescription } from '../fault-entry.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

const row = ({ fault, rule, hold, clears, ticket }: FaultDescription): string =>
  `| \`${fault}\` | ${cell(rule)} | ${cell(hold)} | ${cell(clears)} | ${ticket === null ? 'no' : ticket.service} |`

const thresholdRows = ({ fault, thresholds }: FaultDescription): string[] =>
  Object.entries(thresholds).map(
    ([name, { value, unit, source }]) => `| \`${fault}.${name}\` | ${value} | ${cell(unit)} | ${cell(source)} |`,
  )

/** The catalogue as a page to read: what each fault is seen by, held for and ended by, and every threshold with its source. */
export const faultsPage = (): string => {
  const detected = catalogue.faults.filter((fault) => fault.detected)
  const raised = catalogue.faults.filter((fault) => !fault.detected)
  return [
    '# Faults, their rules and thresholds',
    '',
    'Generated from the fault catalogue (`contracts/src/talq-faults.ts`, `own-faults.ts`); `GET /api/v1/catalogue` gives the same as JSON.',
    'A reading is one report of the light; holds counted in readings follow its own reporting interval.',
    '',
    '| fault | opens when | held for | clears | ticket to |',
    '|---|---|---|---|---|',
    ...detected.map(row),
    '',
    ...(raised.length === 0
      ? []
      : [`Carried only when a device raises them: ${raised.map(({ fault }) => `\`${fault}\``).join(', ')}.`, '']),
    '## Thresholds',
    '',
    '| name | value | unit | source |',
    '|---|---|---|---|',
    ...detected.flatMap(thresholdRows),
    '',
  ].join('\n')
}
