import { defineConfig } from 'vitest/config'

// A first start has to create a database, which takes some seconds on a slow machine.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000 } })
