import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { minuteMs } from '@fanari/contracts'
import { benchCitizen, showCitizen } from './citizen.ts'
import { benchDashboards, showDashboards } from './dashboards.ts'
import { benchDetector, showDetector } from './detector.ts'
import { benchFleet, showFleet } from './fleet.ts'
import { benchBacklog, benchInflux } from './influx.ts'
import { showBacklog, showInflux } from './influx-show.ts'
import { benchMonth, showMonth } from './month.ts'
import { benchPipeline, showPipeline } from './pipeline.ts'
import { lookAround, showSurroundings } from './surroundings.ts'

const help = `npm run bench -- pipeline|detector|month|dashboards|fleet|influx [--quick] [--json]

pipeline   readings a second and a broker-CPU-second through the whole platform, beside Mosquitto; PUBACK latency
detector   readings a second on one core, state and snapshot of a light
month      a month of a town through the detector, the state of a city, lines a second of npm run replay
dashboards every query of every Grafana dashboard on a month of 4 000 lights in a real influxd
fleet      resident memory of a connected device
citizen    lists, search and statistics of the citizen line over two years of reports, and reports that come in
influx     points a second into InfluxDB, a backlog of five million, and PUBACK latency meanwhile

--quick    fewer and shorter runs: a first impression
--json     the figures as JSON
--backlog=…  influx: nothing but a backlog of so many readings
--reports=…  how many reports the citizen line has (100000)
--days=…     of dashboards (30)
--every=…    minutes between two reports of a light, of dashboards (5)
--data=DIR   dashboards: keeps what InfluxDB was filled with in DIR, and takes it from there the next time
--offered=…  how many reports a second come in while it is read (200, as many as are to be taken)
--node-flag=…  start the platform with this flag of Node; may be repeated
`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
    reports: { type: 'string' },
    days: { type: 'string' },
    every: { type: 'string' },
    data: { type: 'string' },
    backlog: { type: 'string' },
    offered: { type: 'string', default: '200' },
    'node-flag': { type: 'string', multiple: true },
  },
})
const { quick, json } = values
const progress = (line: string): void => void process.stderr.write(`${line}\n`)
const run = async <R>(bench: () => Promise<R>, show: (result: R) => string): Promise<void> => {
  const before = await lookAround()
  const result = await bench()
  const after = await lookAround()
  const text = [`before: ${showSurroundings(before)}`, `after: ${showSurroundings(after)}`, show(result)].join('\n\n')
  process.stdout.write(`${json ? JSON.stringify({ before, after, result }, null, 2) : text}\n`)
}

switch (values.help ? 'help' : positionals[0]) {
  case 'pipeline':
    await run(() => benchPipeline({ repetitions: quick ? 1 : 5, seconds: quick ? 2 : 4, progress }), showPipeline)
    break
  case 'detector':
    await run(() => benchDetector({ repetitions: quick ? 1 : 5, hours: quick ? 4 : 12 }), showDetector)
    break
  case 'month':
    await run(() => benchMonth({ quick, progress }), showMonth)
    break
  case 'dashboards':
    await run(
      () =>
        benchDashboards({
          lights: quick ? 400 : 4_000,
          days: Number(values.days ?? (quick ? 3 : 30)),
          reportEveryMs: Number(values.every ?? 5) * minuteMs,
          repetitions: quick ? 1 : 5,
          ...(values.data === undefined ? {} : { folder: resolve(values.data) }),
          progress,
        }),
      showDashboards,
    )
    break
  case 'fleet':
    await run(
      () =>
        benchFleet({
          repetitions: quick ? 1 : 3,
          devices: 10_000,
          nodeFlags: values['node-flag'] ?? [],
          progress,
        }),
      showFleet,
    )
    break
  case 'influx':
    if (values.backlog !== undefined) {
      const backlog = Number(values.backlog)
      if (!Number.isSafeInteger(backlog) || backlog < 1) throw new RangeError('--backlog is a number of readings')
      await run(() => benchBacklog({ backlog, progress }), showBacklog)
      break
    }
    await run(
      () =>
        benchInflux({
          repetitions: quick ? 1 : 5,
          readings: quick ? 200_000 : 500_000,
          backlog: quick ? 300_000 : 5_000_000,
          seconds: quick ? 5 : 8,
          progress,
        }),
      showInflux,
    )
    break
  case 'citizen':
    await run(
      () =>
        benchCitizen({
          reports: Number(values.reports ?? (quick ? 10_000 : 100_000)),
          sample: 1_000,
          repetitions: quick ? 1 : 5,
          requests: quick ? 40 : 100,
          seconds: quick ? 5 : 20,
          offeredPerSecond: Number(values.offered),
          progress,
        }),
      showCitizen,
    )
    break
  default:
    process.stdout.write(help)
    if (!values.help) process.exitCode = 2
}
