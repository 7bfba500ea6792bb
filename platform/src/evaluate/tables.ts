import type { CauseFigures, Latency, Summary } from './summary.ts'

/** The figures for people to read. */
export const showSummary = (summary: Summary): string => {
  const { overall, outages, faults, causes, forecast } = summary
  const rows = (figures: Partial<Record<string, CauseFigures & { precision?: number | null }>>): string[][] =>
    Object.entries(figures).flatMap(([name, it]) => (it === undefined ? [] : [[name, ...causeCells(it)]]))
  return [
    `${summary.seeds.length} weeks, ${summary.lights} lights, ${summary.lightNights} light-nights, ${summary.messages} messages`,
    '',
    table(
      ['', 'recall', 'precision', 'tickets a cause', 'cause right', 'false / 1000 light-nights', 'after restarts'],
      [
        [
          'all',
          share(overall.recall),
          share(overall.precision),
          number(overall.ticketsPerCause, 3),
          share(overall.causeRight),
          number(overall.falsePer1000LightNights, 2),
          String(overall.falseAfterRestart),
        ],
        ['outages', share(outages.recall), '', number(outages.ticketsPerCause, 3), share(outages.causeRight), '', ''],
      ],
    ),
    '',
    table(
      ['time to detect', 'p50', 'p95', 'max', 'of'],
      [
        ['intervals after the first reading that shows it', ...latencyCells(overall.latency, 2)],
        ['seconds after the last gasp or will of one light', ...latencyCells(overall.gasp, 1)],
        ['the same of several lights', ...latencyCells(overall.gaspOfGroup, 1)],
        ['intervals of silence', ...latencyCells(overall.silence, 2)],
        ['intervals after the true beginning, all', ...latencyCells(overall.sinceOnset, 2)],
      ],
    ),
    '',
    table(['fault', ...causeHead], rows(faults)),
    '',
    table(['cause', ...causeHead], rows(causes)),
    '',
    table(
      ['dark nights foretold', 'nights', 'dark', 'recall', 'precision', 'Brier skill', 'calibration error', 'lead h'],
      (['dusk', 'dayAhead'] as const).map((when) => {
        const { nights, dark, recall, precision, brierSkill, ece } = forecast[when]
        const lead = when === 'dusk' ? number(forecast.dusk.medianLeadHours, 1) : ''
        return [
          when,
          `${nights}`,
          `${dark}`,
          share(recall),
          share(precision),
          number(brierSkill, 3),
          number(ece, 3),
          lead,
        ]
      }),
    ),
    '',
  ].join('\n')
}

const causeHead = [
  'causes',
  'recall',
  'precision',
  'tickets a cause',
  'right',
  'p50',
  'p95',
  'max',
  'not seen by anybody',
]

const causeCells = (figures: CauseFigures & { precision?: number | null }): string[] => [
  String(figures.causes),
  share(figures.recall),
  share(figures.precision ?? null),
  number(figures.ticketsPerCause, 2),
  share(figures.causeRight),
  ...latencyCells(figures.latency, 2).slice(0, 3),
  Object.entries(figures.unobservable)
    .map(([why, count]) => `${count} ${why}`)
    .join(', '),
]

const latencyCells = ({ p50, p95, max, count }: Latency, digits: number): string[] => [
  number(p50, digits),
  number(p95, digits),
  number(max, digits),
  String(count),
]

const share = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`)
const number = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits))

/** A Markdown table, padded so that it reads as text too. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((cells) => cells[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
