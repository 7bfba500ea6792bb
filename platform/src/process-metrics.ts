import type { Metric } from '@fanari/contracts'

/** What Prometheus' client libraries report of a process, under their names. */
export const processMetrics = (): Metric[] => {
  const cpu = process.cpuUsage()
  const single = (name: string, help: string, type: Metric['type'], value: number): Metric => ({
    name,
    help,
    type,
    values: [{ value }],
  })
  return [
    single('process_cpu_seconds_total', 'User and system CPU time [s]', 'counter', (cpu.user + cpu.system) / 1e6),
    single('process_resident_memory_bytes', 'Resident memory [bytes]', 'gauge', process.memoryUsage.rss()),
    single('process_uptime_seconds', 'Time since the process started [s]', 'gauge', process.uptime()),
  ]
}
