import { defineConfig } from 'vitest/config'

/** Stories that mean the same whether the platform is one process or three: they are told to both. */
const ofBothShapes = ['contract', 'causes', 'nights', 'restart', 'crash', 'influx'].map((story) => `tests/src/${story}.test.ts`)

export default defineConfig({
  test: {
    // Stories start real brokers, databases and browsers; on a two-core machine more workers only make them wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'one process',
          include: [
            '{contracts,broker,ingest,api,console,dashboards,automation,firmware-sim,platform,tests,bench}/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: { name: 'three processes', include: ofBothShapes, env: { FANARI_TEST_SHAPE: 'three processes' } },
      },
    ],
  },
})
