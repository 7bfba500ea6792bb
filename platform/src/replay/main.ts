import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { assetCollectionSchema, defaultTimeZone, parseAssetFeature, shippedRules } from '@fanari/contracts'
import { ReplayInputError } from './lines.ts'
import { createReplay } from './replay-traffic.ts'

const help = `Recorded traffic through the shipped rules, in its own time.

npm run --silent replay -- --assets assets.geojson --input traffic.ndjson [--time-zone Europe/Athens]

Input, one JSON line each, ordered by receivedAt:
  {"receivedAt","municipality","device","channel":"telemetry|status|event","payload"}
  {"receivedAt","tick":true}                  time passes; the last line ends the run
  {"receivedAt","platform":"stop|start"}      the platform's own downtime
Output: incident.opened|updated|resolved and ticket.opened|updated|resolved|closed|reopened, one JSON line each with the moment "at".
`

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      assets: { type: 'string' },
      input: { type: 'string' },
      'time-zone': { type: 'string', default: defaultTimeZone },
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
  const replay = createReplay({ assets, timeZone: values['time-zone'], rules: [shippedRules] })
  let number = 0
  for await (const line of createInterface({ input: createReadStream(values.input) })) {
    number++
    if (line.trim() === '') continue
    try {
      replay.take(line)
      for (const { at, ...output } of replay.drain(0))
        process.stdout.write(`${JSON.stringify({ at: new Date(at).toISOString(), ...output })}\n`)
    } catch (error) {
      if (error instanceof ReplayInputError) error.message = `${values.input}, line ${number}: ${error.message}`
      throw error
    }
  }
  for (const [reason, count] of replay.quarantined()) process.stderr.write(`set aside: ${count} × ${reason}\n`)
}

run().catch((error: unknown) => {
  process.stderr.write(`replay: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
