import { readFile } from 'node:fs/promises'
import { parseSettlements } from './settlements.ts'
import { createTown, type Town, type TownOptions } from './town.ts'

const censusFile = new URL('../../data/orestiada-settlements.csv', import.meta.url)

/** The municipality of Orestiada with its settlements of the 2011 census, or with those of another file of the same columns. */
export const loadOrestiada = async (
  seed: number,
  options: Pick<TownOptions, 'lights' | 'reportIntervalS'> & { settlementsFile?: string } = {},
): Promise<Town> => {
  const { settlementsFile, ...rest } = options
  const settlements = parseSettlements(await readFile(settlementsFile ?? censusFile, 'utf8'))
  return createTown({ seed, settlements, ...rest })
}
