import { createContext, Script } from 'node:vm'
import { NgsiLdError } from './errors.ts'

/**
 * How long the patterns of one request may be tried [ms of wall time]. An honest one takes a hundredth of it for a large town; a
 * stranger's must not keep the thread that also hears the lights.
 */
const longestMs = 50
const script = new Script('work()')

/**
 * Does work that tries patterns of a stranger's, some of which take for ever on the right text, and stops it when it takes too long:
 * V8 ends a regular expression in the middle. The work must leave nothing half done. @throws NgsiLdError `TooComplexQuery`
 */
export const withinTime = <Result>(work: () => Result): Result => {
  let result: { value: Result } | null = null
  const context = createContext({
    work: () => {
      result = { value: work() }
    },
  })
  try {
    script.runInContext(context, { timeout: longestMs })
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new NgsiLdError('TooComplexQuery', `The patterns took more than ${longestMs} ms to try`)
  }
  return (result as unknown as { value: Result }).value
}
