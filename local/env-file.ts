import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

const ENV_FILE = new URL('../.env', import.meta.url)
const EXAMPLE = new URL('../.env.example', import.meta.url)
// Compose and Docker read these themselves.
const TOOLS = /^(COMPOSE|DOCKER)_/

/** Sets the variables of .env, as Compose does: one that is set already wins. Names those that have no meaning. */
export function readEnvFile(): void {
  if (!existsSync(ENV_FILE)) return
  process.loadEnvFile(ENV_FILE)
  const known = readFileSync(EXAMPLE, 'utf8')
  for (const name of Object.keys(parseEnv(readFileSync(ENV_FILE, 'utf8')))) {
    if (TOOLS.test(name) || known.includes(`\n#${name}=`)) continue
    console.error(`.env: nothing reads ${name}. All variables are in .env.example.`)
  }
}
