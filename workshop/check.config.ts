import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['workshop/*/check.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    chaiConfig: { truncateThreshold: 0 }, // a learner reads what was answered
  },
})
