import { defineConfig } from 'vitest/config'

/**
 * Stories that are told to a platform of one process and of three. Most others may be too (`FANARI_TEST_SHAPE='three processes' npx vitest run
 * tests/src/restart.test.ts`); what only three can show is in `processes.test.ts`.
 */
const ofBothShapes = ['contract', 'causes', 'influx'].map((story) => `tests/src/${story}.test.ts`)

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
