import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/setup.ts',
    testTimeout: 60_000,
    // No module keeps state, so the files of one worker share them; loading takes longer than many a test.
    isolate: false,
    // The embedded Postgres serves one query at a time: more files would only wait for each other, and
    // on a machine that is too busy, a store that answers late counts as down.
    maxWorkers: 3,
  },
})
