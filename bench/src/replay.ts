import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deviceName, municipality } from './load.ts'
import { endedChildrenCpuSeconds } from './processes.ts'
import { reportMs, town } from './town.ts'

export interface ReplayResult {
  lines: number
  bytesPerLine: number
  /** By the wall clock, with the start of the process. */
  linesPerSecond: number
  linesPerCpuSecond: number
}

const lights = 4_000
const dusk = Date.parse('2026-01-15T17:00:00Z')

/** Readings as controllers send them, in the order of their arrival. */
const writeTraffic = async (path: string, lines: number): Promise<void> => {
  await using file = await open(path, 'w')
  let text: string[] = []
  for (let i = 0; i < lines; i++) {
    const number = i % lights
    const report = Math.floor(i / lights)
    const at = Math.floor(dusk + (i * reportMs) / lights)
    const hour = ((at - dusk) / 3_600_000) % 24
    const isNight = hour < 12
    const payload =
      `{"at":${at},"seq":${report},"uptime":${100_000 + report * 300},"lightLevel":${isNight ? 100 : 0},"supplyVoltage":231.4,` +
      `"supplyCurrent":0.26,"activePower":${isNight ? 58.2 : 0.4},"powerFactor":0.97,"activeEnergy":${(900 + report * 0.005).toFixed(3)}}`
    text.push(
      `{"receivedAt":${at + 400},"municipality":"${municipality}","device":"${deviceName(number)}","channel":"telemetry","payload":${payload}}\n`,
    )
    if (text.length < 10_000) continue
    await file.appendFile(text.join(''))
    text = []
  }
  await file.appendFile(
    `${text.join('')}{"receivedAt":${dusk + Math.ceil((lines * reportMs) / lights) + 1_000},"tick":true}\n`,
  )
}

/** Runs `npm run replay` as users do, over a file of so many lines. */
export const benchReplay = async ({ lines }: { lines: number }): Promise<ReplayResult> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanari-bench-replay-'))
  const [assets, input] = [join(folder, 'assets.geojson'), join(folder, 'traffic.ndjson')]
  try {
    await writeFile(assets, JSON.stringify({ type: 'FeatureCollection', features: town(lights) }))
    await writeTraffic(input, lines)
    const main = fileURLToPath(new URL('../../platform/src/replay/main.ts', import.meta.url))
    const cpuBefore = endedChildrenCpuSeconds()
    const startedAt = performance.now()
    const child = spawn(process.execPath, [main, '--assets', assets, '--input', input], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [status] = await once(child, 'exit')
    if (status !== 0) throw new Error(`replay ended with ${status}`)
    const seconds = (performance.now() - startedAt) / 1_000
    const { size } = await stat(input)
    return {
      lines,
      bytesPerLine: size / lines,
      linesPerSecond: lines / seconds,
      linesPerCpuSecond: lines / (endedChildrenCpuSeconds() - cpuBefore),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}
