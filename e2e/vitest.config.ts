import { defineConfig } from 'vitest/config'

// What measures times or steers a browser while containers come and go has the machine for itself. So has Swarm: when an
// engine leaves one, it forgets the names of all containers that run.
const ALONE = ['faults', 'counting', 'page', 'dev', 'exercises', 'local', 'swarm']
const FILES_ALONE = ALONE.map((name) => `e2e/${name}.test.ts`)

export default defineConfig({
  test: {
    globalSetup: 'e2e/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: FILES_ALONE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['e2e/**/*.test.ts'],
          exclude: FILES_ALONE,
          // Most of the time they wait for containers to start and stop.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
