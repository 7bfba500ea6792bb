import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** USER_HZ, the unit of CPU times in /proc; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** User and system time of a process and all its threads so far [s], as the kernel counts it. */
export const cpuSeconds = (pid: number): number => ticksOf(pid, 11) / ticksPerSecond

/** The same of all child processes of this one that have ended [s]. */
export const endedChildrenCpuSeconds = (): number => ticksOf(process.pid, 13) / ticksPerSecond

/** Two neighbouring fields of a process's times, summed: `first` is the user's, counted from the state. */
const ticksOf = (pid: number, first: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15, cutime and cstime 16 and 17 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[first]) + Number(fields[first + 1])
}

/** Resident memory of a process [bytes]. */
export const residentBytes = (pid: number): number => memoryOf(pid, 'VmRSS')

/** The most it ever was [bytes]. */
export const peakResidentBytes = (pid: number): number => memoryOf(pid, 'VmHWM')

const memoryOf = (pid: number, name: string): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
  if (kibibytes === undefined) throw new Error(`process ${pid} has no ${name}`)
  return Number(kibibytes) * 1024
}

/** Ends a child and waits until it is gone. */
export const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

/** Asks `condition` until it holds. */
export const until = async (
  what: string,
  seconds: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> => {
  const deadline = performance.now() + seconds * 1_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${seconds} s`)
    await delay(50)
  }
}

/** A process of ours that answers one question at a time, so that what it burns is not on our account or the broker's. */
export interface Worker<Question, Answer> {
  ask(question: Question): Promise<Answer>
  stop(): Promise<void>
}

export const startWorker = <Question, Answer>(file: string, nodeFlags: string[] = []): Worker<Question, Answer> => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: nodeFlags })
  let asked = Promise.withResolvers<Answer>()
  child.on('message', (answer: Answer | { error: string }) => {
    if (typeof answer === 'object' && answer !== null && 'error' in answer)
      asked.reject(new Error(`${file}: ${answer.error}`))
    else asked.resolve(answer)
  })
  child.on('exit', (code) => asked.reject(new Error(`${file} ended with ${code}`)))
  return {
    ask(question) {
      asked = Promise.withResolvers<Answer>()
      child.send(question as object)
      return asked.promise
    },
    stop: () => end(child),
  }
}

/** The worker's side: answers each question, a failure with `{ error }`. */
export const answer = <Question, Answer>(work: (question: Question) => Promise<Answer>): void => {
  process.on('message', (question) => {
    work(question as Question).then(
      (result) => process.send?.(result),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  })
}
