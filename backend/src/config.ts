import { readFileSync } from 'node:fs'
import { cleanEnv, port, str, url } from 'envalid'

/** Everything the environment decides, read once at start. */
export interface Config {
  port: number
  logLevel: string
  databaseUrl: string
  /** The same database for the role that owns the tables, which runs the migrations; without one, the app's does. */
  ownerUrl?: string
  redisUrl: string
  /** A DNS name with the addresses of all replicas; without one, this backend is alone. */
  replicasHost: string | undefined
}

/** Says in one line which variable is wrong. */
export class ConfigError extends Error {}

// Each may come as a file instead, whose path is in NAME_FILE: an environment is easily seen by others.
const SECRETS = [
  'DATABASE_URL',
  'POSTGRES_PASSWORD',
  'POSTGRES_OWNER_PASSWORD',
  'REDIS_URL',
  'REDIS_PASSWORD',
]
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** The checked configuration; throws a ConfigError that names every wrong variable. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  // Compose passes a variable that is not set as an empty one.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  for (const name of SECRETS) given[name] = readSecret(given, name)
  const env = cleanEnv(
    given,
    {
      PORT: port({ default: 3000 }),
      LOG_LEVEL: str({ choices: LOG_LEVELS, default: 'info' }),
      DATABASE_URL: url({ default: undefined }),
      POSTGRES_HOST: str({ default: 'localhost' }),
      POSTGRES_PORT: port({ default: 5432 }),
      POSTGRES_USER: str({ default: 'postgres' }),
      POSTGRES_DB: str({ default: 'postgres' }),
      POSTGRES_PASSWORD: str({ default: undefined }),
      POSTGRES_OWNER: str({ default: undefined }),
      POSTGRES_OWNER_PASSWORD: str({ default: undefined }),
      REDIS_URL: url({ default: undefined }),
      REDIS_HOST: str({ default: 'localhost' }),
      REDIS_PORT: port({ default: 6379 }),
      REDIS_USER: str({ default: '' }),
      REDIS_PASSWORD: str({ default: undefined }),
      REPLICAS_HOST: str({ default: undefined }),
    },
    { reporter: failOnErrors },
  )
  const postgresUrl = (user: string, password: string | undefined) =>
    `postgres://${credentials(user, password)}@${env.POSTGRES_HOST}:${env.POSTGRES_PORT}/${encodeURIComponent(env.POSTGRES_DB)}`
  return {
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    databaseUrl: env.DATABASE_URL ?? postgresUrl(env.POSTGRES_USER, env.POSTGRES_PASSWORD),
    ownerUrl:
      env.POSTGRES_OWNER && !env.DATABASE_URL
        ? postgresUrl(env.POSTGRES_OWNER, env.POSTGRES_OWNER_PASSWORD)
        : undefined,
    redisUrl:
      env.REDIS_URL ??
      `redis://${credentials(env.REDIS_USER, env.REDIS_PASSWORD)}@${env.REDIS_HOST}:${env.REDIS_PORT}`,
    replicasHost: env.REPLICAS_HOST,
  }
}

function failOnErrors({ errors }: { errors: Partial<Record<string, Error>> }): void {
  // Without the value where that is a secret: the line goes to the log.
  const lines = Object.entries(errors).map(
    ([name, error]) => `${name}: ${SECRETS.includes(name) ? 'is not valid' : error?.message}`,
  )
  if (lines.length > 0) throw new ConfigError(lines.join('; '))
}

/** `user:password` for a URL. */
function credentials(user: string, password: string | undefined): string {
  return encodeURIComponent(user) + (password ? `:${encodeURIComponent(password)}` : '')
}

/** The value of a variable, or what is in the file that NAME_FILE names. */
function readSecret(given: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = given[`${name}_FILE`]
  if (!file) return given[name]
  if (given[name]) throw new ConfigError(`${name}: set it or ${name}_FILE, not both`)
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch (error) {
    throw new ConfigError(`${name}_FILE: cannot be read: ${(error as Error).message}`)
  }
}
