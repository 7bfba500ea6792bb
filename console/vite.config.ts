import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: {
    // Every asset is a file of its own, so that the page works under a content security policy without `data:`.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      // The page uses the contract's tables and types; its zod schemas (and zod) are left out when nothing calls them.
      treeshake: {
        manualPureFunctions: ['z'],
        moduleSideEffects: [{ test: /contracts[\\/]src|zod/, sideEffects: false }],
      },
    },
  },
  server: {
    // `npm run dev -w console` beside a running platform.
    proxy: { '/api': 'http://127.0.0.1:8080' },
  },
})
