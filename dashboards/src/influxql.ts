import {
  type FieldOf,
  type MeasurementName,
  measurements,
  noTag,
  type RetentionPolicy,
  type TagOf,
} from '@fanari/contracts'

/** The dashboards' clock: days of bars are the municipality's own. One zone for all, because a query cannot ask for it. */
export const timeZone = 'Europe/Athens'

/** What Grafana puts the shown time in for. Without it a query would read the whole history. */
const timeFilter = '$timeFilter'

/** Where Grafana puts the value of a variable (in queries), or of a macro (in links). */
export const placeholder = (name: string): string => `\${${name}}`

/** A name in InfluxQL; every name is quoted, so that none is taken for a keyword. */
export const quoted = (name: string): string => `"${name}"`

/** A field that roll-ups keep, under the name it has there. */
type RolledUp<F extends string> = `${F}_${'mean' | 'min' | 'max' | 'last'}` | 'readings'
type FieldIn<M extends MeasurementName> = FieldOf<M> | RolledUp<FieldOf<M>>

/** A query, or what writes itself as one. */
export type Query = { toString(): string }

/** One column of an answer: an expression and the name it goes by. */
export interface Column {
  expression: string
  as: string
}

/** Aggregates and selectors that 1.x, 2.x and 3 have in common. */
type Call = 'mean' | 'median' | 'min' | 'max' | 'sum' | 'count' | 'first' | 'last' | 'spread'

const call = (name: Call, field: string): string => `${name}(${quoted(field)})`
export const percentile = (field: string, percent: number): string => `percentile(${quoted(field)}, ${percent})`
/** The rise of a counter a second, over restarts of what counts. */
export const rate = (counter: string): string => `non_negative_derivative(max(${quoted(counter)}), 1s)`

/**
 * One SELECT, in the part of InfluxQL that InfluxDB 1.x, 2.x and 3 understand alike. It always stays within the shown time, and names
 * are checked against the schema table by the compiler.
 */
export class Select<M extends MeasurementName> {
  readonly #source: string
  readonly #columns: Column[] = []
  readonly #conditions: string[]
  readonly #groups: string[] = []
  #end = ''

  private constructor(source: string, conditions: string[]) {
    this.#source = source
    this.#conditions = conditions
  }

  /** `policy`: where the measurement is kept itself, or the roll-ups of it. */
  static from<M extends MeasurementName>(
    measurement: M,
    policy: RetentionPolicy = measurements[measurement].retention,
  ) {
    return new Select<M>(`${quoted(policy)}.${quoted(measurement)}`, [timeFilter])
  }

  /**
   * Of the answer of another SELECT, which is bounded itself; its columns are named as fields are. No time is asked of it again: what
   * time the row of several aggregates has is each server's own choice.
   */
  static of<M extends MeasurementName>(inner: Select<M>): Select<M> {
    return new Select<M>(`(${inner})`, [])
  }

  /** A field or tag as it is. */
  get(name: FieldIn<M> | TagOf<M>, as: string = name): this {
    return this.column(quoted(name), as)
  }

  call(name: Call, field: FieldIn<M>, as: string = field): this {
    return this.column(call(name, field), as)
  }

  /** A column by its expression, for arithmetic. */
  column(expression: string, as: string): this {
    this.#columns.push({ expression, as })
    return this
  }

  /** A tag (or field) is exactly this text; `value` may be a variable of one value. */
  is(name: TagOf<M> | FieldOf<M>, value: string): this {
    return this.when(`${quoted(name)} = '${value}'`)
  }

  /** A tag has a value at all. */
  isSet(tag: TagOf<M>): this {
    return this.when(`${quoted(tag)} != '${noTag}'`)
  }

  /** A tag is one of what is chosen in a variable of several values. */
  among(tag: TagOf<M>, variable: string): this {
    return this.when(`${quoted(tag)} =~ /^\${${variable}:regex}$/`)
  }

  when(condition: string): this {
    this.#conditions.push(condition)
    return this
  }

  by(...tags: TagOf<M>[]): this {
    this.#groups.push(...tags.map(quoted))
    return this
  }

  /** `fill` says what stands where an interval has no point. */
  every(interval: string, fill: 'none' | 'null' | 'previous' | '0' = 'none'): this {
    if (!this.#conditions.includes(timeFilter)) this.#conditions.unshift(timeFilter)
    this.#groups.unshift(`time(${interval})`)
    this.#end = ` fill(${fill})`
    return this
  }

  /** Bars of the municipality's own days. */
  everyDay(fill: 'none' | '0' = 'none'): this {
    this.every('1d', fill)
    this.#end += ` tz('${timeZone}')`
    return this
  }

  /** At most so many rows, the newest first. */
  newest(rows: number): this {
    this.#end += ` ORDER BY time DESC LIMIT ${rows}`
    return this
  }

  toString(): string {
    const columns = this.#columns.map(({ expression, as }) => `${expression} AS ${quoted(as)}`).join(', ')
    const groups = this.#groups.length === 0 ? '' : ` GROUP BY ${this.#groups.join(', ')}`
    const conditions = this.#conditions.length === 0 ? '' : ` WHERE ${this.#conditions.join(' AND ')}`
    return `SELECT ${columns} FROM ${this.#source}${conditions}${groups}${this.#end}`
  }
}

/** The values a tag has, for a variable. Only those that were written in the shown time: what was taken down is not offered. */
export const tagValues = <M extends MeasurementName>(
  measurement: M,
  tag: TagOf<M>,
  conditions: readonly string[] = [],
  policy: RetentionPolicy = measurements[measurement].retention,
): string =>
  `SHOW TAG VALUES FROM ${quoted(policy)}.${quoted(measurement)} WITH KEY = ${quoted(tag)} WHERE ${[...conditions, timeFilter].join(' AND ')}`
