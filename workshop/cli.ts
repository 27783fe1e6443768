import { createCommands } from './commands.ts'
import { Refusal } from './refusal.ts'
import { runWorkshop } from './run.ts'

const root = process.cwd() // npm runs scripts in the folder of package.json
try {
  process.loadEnvFile('.env') // as Compose does
} catch {} // there is none

try {
  process.exitCode = await runWorkshop(process.argv.slice(2), createCommands({ root, say: console.log }))
} catch (error) {
  if (error instanceof Refusal) console.error(error.message)
  else if ((error as { signal?: string }).signal !== 'SIGINT') throw error // Ctrl-C ended a git
  process.exitCode = 1
}
