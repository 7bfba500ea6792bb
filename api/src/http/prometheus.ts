import type { Metric } from '@fanari/contracts'

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

/** Metrics in the Prometheus text format 0.0.4. Those of one name from several sources stand together, as the format demands. */
export const toPrometheus = (metrics: readonly Metric[]): string => {
  const byName = Map.groupBy(metrics, ({ name }) => name)
  return [...byName]
    .map(([name, group]) => {
      const [first] = group
      const head = `# HELP ${name} ${escapeHelp(first?.help ?? '')}\n# TYPE ${name} ${first?.type ?? 'gauge'}\n`
      const lines = group.flatMap(({ values }) => values.map(({ labels = {}, value }) => sample(name, labels, value)))
      return head + lines.join('')
    })
    .join('')
}

const sample = (name: string, labels: Record<string, string>, value: number): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${inWords(value)}\n`
}

const inWords = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"')
