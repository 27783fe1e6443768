import type { Commands } from './commands.ts'
import { Refusal } from './refusal.ts'
import { findMeant } from './words.ts'

/** Runs the command that the arguments name, and returns the exit code. */
export async function runWorkshop(args: string[], commands: Commands): Promise<number> {
  const [typed = 'list', ...rest] = args
  const names = Object.keys(commands)
  const command = commands[typed]
  if (command) {
    const code = await command(...rest)
    return typeof code === 'number' ? code : 0
  }
  const meant = findMeant(typed, names)
  throw new Refusal(
    meant
      ? `There is no command ${typed}. Did you mean: npm run workshop ${[meant, ...rest].join(' ')}`
      : `There is no command ${typed}. The commands are: ${names.join(', ')}.`,
  )
}
