import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Each exercise has a check that fails on purpose: it is the proof that runs it.
  test: {
    include: ['workshop/test/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxConcurrency: 3,
  },
})
