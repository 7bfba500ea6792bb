import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import type { Query } from './influxql.ts'

/** The provisioned data source (`provisioning/datasources/influxdb.yaml`). */
export const influxdb: DataSourceRef = { type: 'influxdb', uid: 'fanari-influxdb' }

/** `time_series`: one curve a series and column; `table`: one table of all series, tags as columns. */
type ResultFormat = 'time_series' | 'table'

interface InfluxDataquery extends Dataquery {
  refId: string
  datasource: DataSourceRef
  query: string
  rawQuery: true
  resultFormat: ResultFormat
  alias?: string
}

/** A query of a panel to InfluxDB. The SDK knows no such query; this is its shape in Grafana's InfluxDB plugin (InfluxQL, raw). */
export class InfluxTarget implements Builder<Dataquery> {
  readonly #query: string
  readonly #format: ResultFormat
  readonly #alias: string | undefined
  #refId = 'A'

  /** `alias`: the name of a curve; `$tag_x` and `$col` stand for its tag and column. */
  constructor(query: Query, format: ResultFormat, alias?: string) {
    this.#query = String(query)
    this.#format = format
    this.#alias = alias
  }

  refId(refId: string): this {
    this.#refId = refId
    return this
  }

  build(): InfluxDataquery {
    return {
      _implementsDataqueryVariant: () => {},
      refId: this.#refId,
      datasource: influxdb,
      query: this.#query,
      rawQuery: true,
      resultFormat: this.#format,
      ...(this.#alias === undefined ? {} : { alias: this.#alias }),
    }
  }
}

/** Events over the curves: one flag a row of the answer, with the text and the tags of these columns. */
export class InfluxAnnotation implements Builder<Dataquery> {
  readonly #query: string
  readonly #columns: { text: string; tags: string }

  constructor(query: Query, columns: { text: string; tags: string }) {
    this.#query = String(query)
    this.#columns = columns
  }

  build(): Dataquery & Record<string, unknown> {
    return {
      _implementsDataqueryVariant: () => {},
      refId: 'Anno',
      datasource: influxdb,
      query: this.#query,
      rawQuery: true,
      queryType: 'tags',
      fromAnnotations: true,
      textColumn: this.#columns.text,
      tagsColumn: this.#columns.tags,
      titleColumn: '',
      timeEndColumn: '',
    }
  }
}
