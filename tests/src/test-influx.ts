import { createInflux } from '@fanari/ingest'

type InfluxOptions = Parameters<typeof createInflux>[0]

/** A citizen line in which nothing has happened. */
export const noRecords: InfluxOptions['records'] = {
  changedAfter: async () => [],
  municipalities: async () => [],
  assets: async () => [],
  nightIndices: async () => [],
}

/** What follows a journal into an InfluxDB, beside a citizen line, nights and a health that have nothing to say unless a test gives them. */
export const createTestInflux = ({
  url,
  database = 'fanari',
  journal,
  ...options
}: Omit<Partial<InfluxOptions>, 'journal'> &
  Pick<InfluxOptions, 'folder'> & {
    url: string
    database?: string
    journal: InfluxOptions['journal'] & Pick<InfluxOptions, 'commands'>
  }) =>
  createInflux({
    connection: { url, database, login: { kind: 'none' } },
    log: () => {},
    now: Date.now,
    wallNow: Date.now,
    journal,
    commands: journal.commands,
    stateOf: () => null,
    forecastOf: () => null,
    records: noRecords,
    nights: { night: async () => null, boundsOf: async () => null },
    health: async () => [],
    info: { consoleUrl: 'http://127.0.0.1', version: '0' },
    prices: { eurPerKwh: null, co2GramsPerKwh: null },
    ...options,
  })
