import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['starter/test/*.test.ts'],
    // They need the machine: what is made is installed, tested and started.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
})
