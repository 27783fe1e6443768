import type { ExerciseId } from './rules.ts'

/** Something to do: commands to run, or a file to edit. */
export type Exercise = { id: ExerciseId; title: string; expect: string } & (
  | { commands: string[]; file?: undefined }
  | { file: string; commands?: undefined }
)

/** The exercises in their order. A new one needs an entry here, and its id and rule in rules.ts. */
export const exercises: Exercise[] = [
  {
    id: 'stop-redis',
    title: 'Stop Redis',
    commands: ['docker compose stop redis'],
    expect: 'Press “Visit again”: the number still grows, now counted in Postgres.',
  },
  {
    id: 'start-redis',
    title: 'Start Redis again',
    commands: ['docker compose start redis'],
    expect: 'Visit again: Redis counts, and has caught up with what it missed.',
  },
  {
    id: 'stop-postgres',
    title: 'Stop Postgres',
    commands: ['docker compose stop postgres'],
    expect: 'Visit a few times: Redis counts, and the unsaved visits wait before Postgres.',
  },
  {
    id: 'start-postgres',
    title: 'Start Postgres again',
    commands: ['docker compose start postgres'],
    expect: 'All visits that wait flow into Postgres; none is left.',
  },
  {
    id: 'scale',
    title: 'Run three backends',
    commands: ['docker compose up -d --scale backend=3'],
    expect: 'Press “Visit 100 times at once”: all three answer, and no number comes twice.',
  },
  {
    id: 'kill-backend',
    title: 'Kill a backend',
    commands: ['docker compose exec backend sh -c "kill -9 -1"'],
    expect: 'One of several dies at once. Visit again: another answers, and the number still grows.',
  },
  {
    id: 'restart',
    title: 'Remove all containers',
    commands: ['docker compose down', 'docker compose up -d'],
    expect: 'The new containers go on with the old number. Keep this page in view meanwhile.',
  },
  {
    id: 'hot-reload',
    title: 'Change the code',
    file: 'backend/src/routes/data.ts',
    expect: 'Press “Load data”, change the message, save, and press it again: it is new at once.',
  },
]
