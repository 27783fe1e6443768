// What `npm run starter` does, as data. A path or a text that the sample no longer has stops it before it begins.

/** What teaches or measures, and no application needs: files and folders that begin like this. */
export const REMOVED = [
  '.ci/',
  'CONTRIBUTING.md',
  'backend/bench/',
  'backend/mutants/',
  'backend/test/mutants.',
  'docs/benchmark',
  'docs/compose.md',
  'docs/faults.md',
  'docs/nginx.md',
  'docs/page',
  'docs/test/steps.ts',
  'docs/tour.md',
  'docs/your-own-resource.md',
  'e2e/bench',
  'e2e/docs.test.ts',
  'e2e/exercises.test.ts',
  'e2e/faults',
  'e2e/local.test.ts',
  'e2e/picture',
  'frontend/src/exercises/',
  'frontend/test/exercises',
  'frontend/test/rules.test.ts',
  'starter/',
  'workshop/',
]

/** Files of which the starter has its own, in starter/files. */
export const REPLACEMENTS = ['CHANGELOG.md', 'README.md']

const EVERY = 'any number of times'

/** In each file: a text that it has once, or a pattern, and what takes its place. */
export const EDITS = {
  '.github/workflows/ci.yml': [
    [/ {4}strategy:\n.*\n.*\n {8}suite: .*\n/g, ''],
    [/\$\{\{ matrix\.suite \}\}/g, 'e2e', EVERY],
  ],
  'backend/tsconfig.json': [[', "bench"', '']],
  'docs/counter.md': [
    [
      /,\nwith thousands of random faults, and `npm run mutants` .*\n/g,
      ',\nwith thousands of random faults.\n',
    ],
  ],
  'docs/develop.md': [['\nHow to write one: [CONTRIBUTING](../CONTRIBUTING.md#tests).\n', '']],
  'docs/production.md': [
    ['; [faults.md](faults.md) counts the visits that failed then (*nginx recreated*).', '.'],
  ],
  'docs/test/markdown.ts': [['|starter\\/files\\/', '']],
  'docs/test/names.test.ts': [
    ['made by a command or by an exercise.', 'made by a command.'],
    ['|exercise|', '|'],
    ['|guestbook', ''],
  ],
  'e2e/quality.test.ts': [
    [/test\.each\(\[\n {2}\[1280, 720\],.*?^\)\n\n/gms, ''],
    ["      await page.locator('[open] > .why > summary').click()\n", ''],
  ],
  'e2e/vitest.config.ts': [
    ["'faults', ", ''],
    ["'exercises', 'local', ", ''],
  ],
  'frontend/index.html': [
    ['    <link rel="stylesheet" href="/src/exercises/exercises.css">\n', ''],
    [/ {6}<section id="exercises".*?<\/section>\n\n/gs, ''],
  ],
  'frontend/src/main.ts': [
    ["import { createExercises } from './exercises/exercises.ts'\n", ''],
    ["const exercises = createExercises(find(document, '#exercises'))\n", ''],
    ['  exercises.observe({ visit })\n', ''],
    ["find(document, '#data'), (data) => exercises.observe({ data })", "find(document, '#data')"],
    ['    exercises.observe({ status })\n', ''],
    ["    if (outage === 'unreachable') exercises.observe({ unreachable: true })\n", ''],
  ],
  'package.json': [
    [
      /,\n {4}"(?:workshop|workshop:test|starter|starter:test|bench|picture|mutants|faults)": ".*"/g,
      '',
      EVERY,
    ],
    [
      /"description": ".*"/g,
      '"description": "Visit counter, with Node, Redis, Postgres, nginx and Docker Compose"',
    ],
  ],
  'tsconfig.json': [[/"include": .*/g, '"include": ["docs", "local", "e2e"]']],
}

// Comments for the test that runs the commands of the pages.
export const EVERY_PAGE = [
  [/^<!-- run: .* -->\n+/gm, '', EVERY],
  [/ <!-- run: .*? -->/g, '', EVERY],
]

/** Where the old name stands, and how the new one is written there. */
export const OLD_NAMES = [
  [/visit-counter/g, 'name'],
  [/Visit counter/g, 'title'],
  // The database. In other places, `visits` are what is counted.
  [/(?<=(?:-d|dbname:?|--format custom|POSTGRES_DB:|database),?[ `]+)visits\b/g, 'identifier'],
  [/(?<=:5433\/)visits\b/g, 'identifier'],
]

/** What to do in an application that has just been made. */
export const nextSteps = (name) => `
This is ${name} now; nothing is committed yet. Go on:

  git diff --stat              look at what changed; git checkout . takes it back
  npm cit                      install, check and test what does not need Docker
  docker compose up --wait     start it: http://localhost:8080
  git add --all && git commit -m 'Start ${name}'

Then read README.md. The counter is the example to replace: in the API, backend/src/counter/ and
backend/src/routes/visits.ts; in the page, frontend/src/visits.ts. LICENSE is MIT: put your name in, or choose another.`
