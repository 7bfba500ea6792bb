import { readFileSync } from 'node:fs'
import { type Rules, ruleChangesSchema, rulesWith, shippedRules } from '@fanari/contracts'
import { z } from 'zod'

/** A file of changed thresholds that cannot be read, is no JSON, or names what the catalogue does not have. */
export class RulesFileError extends Error {}

/**
 * The rules of the catalogue with the changes in `file`, such as `{"lampFailure":{"powerShare":0.3}}`; without a file, as shipped.
 * @throws {RulesFileError} naming the file and everything that is wrong in it
 */
export const readRules = (file: string | undefined): Rules => {
  if (file === undefined) return shippedRules
  const parsed = ruleChangesSchema.safeParse(readJson(file))
  if (!parsed.success) throw new RulesFileError(`${file}: ${z.prettifyError(parsed.error)}`)
  return rulesWith(parsed.data)
}

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new RulesFileError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
