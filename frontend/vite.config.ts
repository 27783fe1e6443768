import { defineConfig } from 'vitest/config'

export default defineConfig({
  server: {
    port: 5173,
    strictPort: true,
    // localhost and IP addresses are always allowed; these are the names that other containers use.
    allowedHosts: ['nginx', 'frontend'],
    // The rule that nginx has too: the API itself knows nothing of /api.
    proxy: {
      '/api': {
        target: 'http://localhost:3000',
        rewrite: (path) => path.replace(/^\/api/, ''),
        xfwd: true,
      },
    },
  },
  build: {
    // The Content-Security-Policy allows files of our own, but no data: URIs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { environment: 'happy-dom' },
})
