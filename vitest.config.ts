import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      '{contracts,broker,ingest,api,console,dashboards,automation,firmware-sim,platform,tests,bench}/**/*.test.ts',
    ],
    // Stories start real brokers, databases and browsers; on a two-core machine more workers only make them wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
