import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, readCount } from '../../e2e/client.ts'
import { docker, type Stack } from '../../e2e/compose.ts'
import { containersOf } from '../../e2e/inspect.ts'
import { startExercise, tryVisit } from '../stack.ts'

const VISITS = 12

let stack: Stack
let nginx: string

const startedAt = () => docker('inspect', '--format', '{{.State.StartedAt}}', nginx)

beforeAll(async () => {
  stack = await startExercise()
  nginx = (await containersOf(stack, 'nginx'))[0] as string
})

afterAll(() => stack?.remove())

test('a visit is counted', async () => {
  expect(await tryVisit(stack)).toMatchObject({ source: 'redis' })
})

test('backends that were added answer, too', async () => {
  await stack.compose('up', '--detach', '--wait', '--no-recreate', '--scale', 'backend=3')
  await eventually(async () => {
    const answers = await Promise.all(Array.from({ length: VISITS }, () => readCount(stack)))
    expect(new Set(answers.map(({ servedByHost }) => servedByHost)).size, 'backends that answer').toBe(3)
  }, 6_000)
})

test('visits are counted when the first backend is gone', async () => {
  const before = await startedAt()
  const first = `${stack.project}-backend-1` // nginx was started with its address
  await docker('kill', first)
  await docker('wait', first)
  await eventually(async () => {
    const answers = await Promise.all(Array.from({ length: VISITS }, () => tryVisit(stack)))
    for (const answer of answers) expect(answer, 'the answer to a visit').toMatchObject({ source: 'redis' })
  }, 6_000)
  expect(await startedAt(), 'nginx was started again, which costs requests').toBe(before)
})
