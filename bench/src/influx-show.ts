import { type benchBacklog, type benchInflux, type DrainSample, readingsPerSecond } from './influx.ts'
import { type Spread, showSpread, table } from './statistics.ts'

type InfluxBench = Awaited<ReturnType<typeof benchInflux>>
type BacklogBench = Awaited<ReturnType<typeof benchBacklog>>

const head = ['follower', 'points/s', 'its cores', "influxd's cores", 'influxd MB', 'its peak MB']
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)
const megabytesOf = ({ median, min, max }: Spread): string =>
  showSpread({ median: median / 1e6, min: min / 1e6, max: max / 1e6 }, 0)

const backlogRow = ({ readings, ...drained }: { readings: number } & DrainSample): string[] => [
  `backlog of ${readings}: ${drained.seconds.toFixed(0)} s`,
  drained.pointsPerSecond.toFixed(0),
  drained.followerCores.toFixed(2),
  drained.serverCores.toFixed(2),
  megabytes(drained.serverBytes),
  megabytes(drained.followerPeakBytes),
]

export const showBacklog = (backlog: BacklogBench): string => table(head, [backlogRow(backlog)])

export const showInflux = ({ drains, backlog, intake }: InfluxBench): string =>
  [
    table(head, [
      [
        'into a fresh influxd',
        showSpread(drains.pointsPerSecond, 0),
        showSpread(drains.followerCores, 2),
        showSpread(drains.serverCores, 2),
        megabytesOf(drains.serverBytes),
        megabytesOf(drains.followerPeakBytes),
      ],
      backlogRow(backlog),
    ]),
    table(
      [
        `intake at ${readingsPerSecond}/s`,
        'PUBACK p50 ms',
        'p99 ms',
        'p99 ratio',
        "generator's own p99 ms",
        'points/s',
      ],
      intake.map(({ shape, p50, p99, ratio, lateP99, pointsPerSecond }) => [
        shape,
        showSpread(p50, 2),
        showSpread(p99, 2),
        shape === 'alone' ? '' : showSpread(ratio, 2),
        showSpread(lateP99, 2),
        showSpread(pointsPerSecond, 0),
      ]),
    ),
    table(
      ['cores', 'generator', 'platform', 'influxd'],
      intake.map(({ shape, generatorCores, platformCores, serverCores }) => [
        shape,
        showSpread(generatorCores, 2),
        showSpread(platformCores, 2),
        showSpread(serverCores, 2),
      ]),
    ),
  ].join('\n\n')
