import { readFileSync } from 'node:fs'
import { type AssetFeature, assetCollectionSchema, type Instant, parseAssetFeature, toIso } from '@fanari/contracts'
import { z } from 'zod'
import { RulesFileError, readRules } from '../rules-file.ts'
import { compare, createVerdicts, type Difference } from './compare.ts'
import { createBatchReader } from './line-batch.ts'
import { ReplayInputError } from './lines.ts'
import { help, type ReplayOptions, readOptions, UsageError } from './options.ts'
import { readRecording } from './recording.ts'
import { createReplay, type Replay } from './replay-traffic.ts'

const readAssets = (file: string): AssetFeature[] => {
  const collection = assetCollectionSchema.safeParse(readJson(file))
  if (!collection.success) throw new ReplayInputError(`${file}: ${z.prettifyError(collection.error)}`)
  return collection.data.features.map((feature, index) => {
    const parsed = parseAssetFeature(feature)
    if (!parsed.ok) throw new ReplayInputError(`${file}, feature ${index}: ${parsed.reason}`)
    return parsed.feature
  })
}

const readJson = (file: string): unknown => {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ReplayInputError(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Plays the whole input; `onBatch` may take what has been decided so far. */
const play = async (file: string, replay: Replay, onBatch: () => void): Promise<void> => {
  const linesOf = createBatchReader()
  let number = 0
  for await (const batch of readRecording(file)) {
    for (const line of linesOf(batch)) {
      number++
      if (typeof line === 'string' && line.trim() === '') continue
      try {
        replay.take(line)
      } catch (error) {
        // What was decided before the bad line stands.
        onBatch()
        if (error instanceof ReplayInputError) error.message = `${file}, line ${number}: ${error.message}`
        throw error
      }
    }
    onBatch()
  }
}

const write = (documents: readonly { at: Instant }[]): void => {
  const lines = documents.map(({ at, ...rest }) => `${JSON.stringify({ at: toIso(at), ...rest })}\n`)
  if (lines.length > 0) process.stdout.write(lines.join(''))
}

const run = async ({ assets: assetsFile, input, timeZone, indices, ...files }: ReplayOptions): Promise<void> => {
  const rules = [readRules(files.rules), ...(files.diff === undefined ? [] : [readRules(files.diff)])]
  const replay = createReplay({ assets: readAssets(assetsFile), timeZone, rules, indices })
  if (files.diff === undefined) {
    await play(input, replay, () => write(replay.drain(0)))
    write(await replay.closeIndices())
  } else {
    const [first, second] = [createVerdicts(), createVerdicts()]
    await play(input, replay, () => {
      first.take(replay.drain(0))
      second.take(replay.drain(1))
    })
    const { differences, ...counts } = compare(first.incidents(), second.incidents())
    write(differences.map(readable))
    const different = Object.fromEntries(
      [...Map.groupBy(differences, ({ type }) => type)].map(([type, { length }]) => [type, length]),
    )
    process.stdout.write(`${JSON.stringify({ type: 'diff.summary', ...counts, different })}\n`)
  }
  for (const [reason, count] of replay.quarantined()) process.stderr.write(`set aside: ${count} × ${reason}\n`)
}

/** With its inner times in ISO 8601, as everywhere in documents. */
const readable = (difference: Difference): { at: Instant } => {
  switch (difference.type) {
    case 'incident.earlier':
    case 'incident.later': {
      const { first, second } = difference
      return {
        ...difference,
        first: { ...first, detectedAt: toIso(first.detectedAt) },
        second: { ...second, detectedAt: toIso(second.detectedAt) },
      } as { at: Instant }
    }
    case 'incident.onlyInFirst':
    case 'incident.onlyInSecond':
    case 'ticket.onlyInFirst':
    case 'ticket.onlyInSecond':
      return difference
  }
}

// `replay … | head` has read enough: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) process.stdout.write(help)
  else await run(options)
} catch (error) {
  const isUsage = error instanceof UsageError
  process.stderr.write(
    `replay: ${error instanceof Error ? error.message : String(error)}\n${isUsage ? `\n${help}` : ''}`,
  )
  process.exitCode = isUsage || error instanceof RulesFileError ? 2 : 1
}
