import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { assetCollectionSchema, defaultTimeZone, parseAssetFeature } from '@fanari/contracts'
import { createReplay, ReplayInputError } from './replay-traffic.ts'

const help = `Recorded traffic through the shipped rules, in its own time.

npm run --silent replay -- --assets assets.geojson --input traffic.ndjson [--time-zone Europe/Athens] [--indices]

Input, one JSON line each, ordered by receivedAt:
  {"receivedAt","municipality","device","channel":"telemetry|status|event","payload"}
  {"receivedAt","tick":true}                  time passes; the last line ends the run
  {"receivedAt","platform":"stop|start"}      the platform's own downtime
Output: incident.opened|updated|resolved and ticket.opened|updated|resolved|closed|reopened, one JSON line each with the moment "at".
--indices adds the indices of all nights of the traffic at the end, by municipality, community and circuit (docs/indices.md).
`

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      assets: { type: 'string' },
      input: { type: 'string' },
      'time-zone': { type: 'string', default: defaultTimeZone },
      indices: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || values.assets === undefined || values.input === undefined) {
    process[values.help ? 'stdout' : 'stderr'].write(help)
    process.exitCode = values.help ? 0 : 2
    return
  }
  const collection = assetCollectionSchema.parse(JSON.parse(await readFile(values.assets, 'utf8')))
  const assets = collection.features.map((feature, index) => {
    const parsed = parseAssetFeature(feature)
    if (!parsed.ok) throw new ReplayInputError(`${values.assets}, feature ${index}: ${parsed.reason}`)
    return parsed.feature
  })
  const replay = createReplay({ assets, timeZone: values['time-zone'], indices: values.indices })
  let number = 0
  for await (const line of createInterface({ input: createReadStream(values.input) })) {
    number++
    if (line.trim() === '') continue
    try {
      for (const { at, ...output } of replay.take(line))
        process.stdout.write(`${JSON.stringify({ at: new Date(at).toISOString(), ...output })}\n`)
    } catch (error) {
      if (error instanceof ReplayInputError) error.message = `${values.input}, line ${number}: ${error.message}`
      throw error
    }
  }
  for (const { at, ...indices } of replay.closeIndices())
    process.stdout.write(`${JSON.stringify({ at: new Date(at).toISOString(), ...indices })}\n`)
  for (const [reason, count] of replay.quarantined) process.stderr.write(`set aside: ${count} × ${reason}\n`)
}

run().catch((error: unknown) => {
  process.stderr.write(`replay: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
