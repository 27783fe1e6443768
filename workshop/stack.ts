import { type Visits, visit } from '../e2e/client.ts'
import { REPOSITORY, type Stack, startStack } from '../e2e/compose.ts'

/** The folder with the code to check. */
export const DIRECTORY = process.env.EXERCISE_DIRECTORY ?? REPOSITORY

/** Starts the app, or some of its services, as production's images but with development's passwords. */
export function startExercise(up: string[] = [], files: string[] = []) {
  const environment = { COMPOSE_PROJECT_NAME: process.env.EXERCISE_PROJECT }
  return startStack(['-f', 'compose.yaml', ...files], up, { directory: DIRECTORY, environment })
}

/** Counts a visit; what was answered, or in words what went wrong. */
export function tryVisit(stack: Stack): Promise<Visits | string> {
  return visit(stack).catch(({ message }: Error) => message.replace(/\{.*"detail":"(.*?)".*\}/, '$1'))
}
