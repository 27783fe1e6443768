import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    dir: 'e2e',
    globalSetup: 'e2e/setup.ts',
    // One stack at a time: each of them is five containers.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
})
