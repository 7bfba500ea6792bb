import type { Summary } from './summary.ts'

/** The short evaluation that runs with every change: which weeks, and what its figures must not fall below. */
export const floors = {
  seeds: [1, 2, 3, 4, 5, 6, 7, 8],
  lights: 120,
  days: 4,
  figures: {
    recall: 0.5,
    precision: 0.5,
    causeRight: 0.5,
    outageRecall: 0.5,
  },
  ceilings: {
    ticketsPerCause: 2,
    falseAfterRestart: 0,
    detectMedianIntervals: 3,
  },
} as const

/** What has fallen below its floor, or risen above its ceiling, in words. */
export const checkFloors = ({ overall, outages }: Summary): string[] => {
  const { figures, ceilings } = floors
  const least: [string, number | null, number][] = [
    ['recall', overall.recall, figures.recall],
    ['precision', overall.precision, figures.precision],
    ['causeRight', overall.causeRight, figures.causeRight],
    ['recall of outages', outages.recall, figures.outageRecall],
  ]
  const most: [string, number | null, number][] = [
    ['ticketsPerCause', overall.ticketsPerCause, ceilings.ticketsPerCause],
    ['falseAfterRestart', overall.falseAfterRestart, ceilings.falseAfterRestart],
    ['detectMedianIntervals', overall.detectMedianIntervals, ceilings.detectMedianIntervals],
  ]
  return [
    ...least.filter(([, value, floor]) => value === null || value < floor).map((it) => tell(it, 'below its floor')),
    ...most
      .filter(([, value, ceiling]) => value === null || value > ceiling)
      .map((it) => tell(it, 'above its ceiling')),
  ]
}

const tell = ([name, value, bound]: readonly [string, number | null, number], where: string): string =>
  `${name} is ${value ?? 'not known'}, ${where} ${bound}`
