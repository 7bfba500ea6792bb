import { isDeepStrictEqual } from 'node:util'
import * as contracts from '@fanari/contracts'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const isPlainData = (value: unknown): boolean => {
  const text = JSON.stringify(value)
  return text !== undefined && isDeepStrictEqual(JSON.parse(text), value)
}

/**
 * Gives the page the contract's tables as plain data. It validates nothing, so zod stays out of it: 20 kB, and a probe for `eval`
 * that a content security policy reports as a violation.
 */
const contractTables = (): Plugin => ({
  name: 'contract-tables',
  enforce: 'pre',
  resolveId: (id) => (id === '@fanari/contracts' ? '\0contract-tables' : null),
  load: (id) =>
    id === '\0contract-tables'
      ? Object.entries(contracts)
          .filter(([, value]) => isPlainData(value))
          .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
          .join('\n')
      : null,
})

export default defineConfig({
  plugins: [contractTables(), react()],
  build: {
    // Every asset is a file of its own, so that the page works under a content security policy without `data:`.
    assetsInlineLimit: 0,
    // MapLibre is a megabyte; it is loaded after the lists.
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: {
    // `npm run dev -w console` beside a running platform.
    proxy: { '/api': 'http://127.0.0.1:8080' },
  },
})
