import type { LuminaireProperties, ReceivedReading } from '@fanari/contracts'
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import { useLocale } from '../i18n/locale.tsx'
import { type Series, seriesOf } from './series.ts'

const heightPx = 190

/** Recent readings as lines: watts on the left axis, per cent on the right. */
export const ReadingsChart = ({
  supply,
  readings,
  fromMs,
  toMs,
}: {
  supply: LuminaireProperties['supply']
  readings: ReceivedReading[]
  fromMs: number
  toMs: number
}) => {
  const locale = useLocale()
  const { text, format } = locale
  const container = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const series = useMemo(
    () => seriesOf(supply).filter(({ read }) => readings.some((reading) => read(reading) !== null)),
    [supply, readings],
  )
  const drawn = series.map(({ scale, colour }) => `${scale}/${colour}`).join()
  const data = useMemo(() => toColumns(series, readings), [series, readings])
  const latest = useRef({ series, data, fromMs, toMs })
  latest.current = { series, data, fromMs, toMs }

  // A new plot only when its lines or words change; new readings are put into the one there is.
  useEffect(() => {
    const element = container.current
    if (element === null || drawn === '') return
    const { series, data, fromMs, toMs } = latest.current
    const options = plotOptions(series, locale.text, format, element)
    const created = new uPlot(options, data, element)
    created.setScale('x', { min: fromMs, max: toMs })
    plot.current = created
    const observer = new ResizeObserver(() => created.setSize({ width: element.clientWidth, height: heightPx }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current = null
      created.destroy()
    }
  }, [drawn, locale, format])

  useEffect(() => {
    plot.current?.setData(data, false)
    plot.current?.setScale('x', { min: fromMs, max: toMs })
  }, [data, fromMs, toMs])

  if (series.length === 0) return <p className="empty">{text.noReadings}</p>
  const summary = series.map((one) => summarise(one, readings, locale.text, format.quantity)).join(' ')
  return <div className="chart" ref={container} role="img" aria-label={summary} />
}

const toColumns = (series: Series[], readings: ReceivedReading[]): uPlot.AlignedData => [
  readings.map(({ at }) => Date.parse(at)),
  ...series.map(({ read }) => readings.map(read)),
]

type Locale = ReturnType<typeof useLocale>

const summarise = (
  { title, scale, read }: Series,
  readings: ReceivedReading[],
  text: Locale['text'],
  quantity: Locale['format']['quantity'],
): string => {
  const values = readings.map(read).filter((value) => value !== null)
  const show = (value: number) => quantity(value, scale)
  return text.chartSummary(
    title(text),
    show(Math.min(...values)),
    show(Math.max(...values)),
    show(values.at(-1) ?? Number.NaN),
  )
}

const plotOptions = (
  series: Series[],
  text: Locale['text'],
  format: Locale['format'],
  element: HTMLElement,
): uPlot.Options => {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const font = `11px ${style.fontFamily}`
  const axis = { stroke: colour('text-soft'), font, ticks: { show: false } }
  const unitAxis = (scale: Series['scale'], side: 1 | 3, grid: boolean): uPlot.Axis => ({
    ...axis,
    scale,
    side,
    size: 46,
    grid: grid ? { stroke: colour('line'), width: 1 } : { show: false },
    values: (_plot, splits) => splits.map((value) => format.quantity(value, scale)),
  })
  return {
    width: element.clientWidth,
    height: heightPx,
    ms: 1,
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: true, auto: false },
      W: { range: (_plot, _low, high) => [0, Math.max(10, (high ?? 0) * 1.1)] },
      '%': { range: [0, 105] },
    },
    axes: [
      {
        ...axis,
        grid: { stroke: colour('line'), width: 1 },
        values: (_plot, splits) => splits.map((value) => format.clock(value, false)),
        space: 62,
      },
      unitAxis('W', 3, true),
      unitAxis('%', 1, false),
    ],
    series: [
      { label: '', value: (_plot, value) => (value === null ? '' : format.clock(value, true)) },
      ...series.map(
        (one): uPlot.Series => ({
          label: one.title(text),
          scale: one.scale,
          stroke: colour(one.colour),
          width: 1.75,
          points: { show: false },
          value: (_plot, value) => (value === null ? '' : format.quantity(value, one.scale)),
        }),
      ),
    ],
  }
}
