import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

/** The path of a file with this content; gone when the test ends. */
async function secretFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'secret-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'password')
  await writeFile(path, content)
  return path
}

test('without any variable, the stores are on this machine', () => {
  expect(readConfig({})).toEqual({
    port: 3000,
    logLevel: 'info',
    databaseUrl: 'postgres://postgres@localhost:5432/postgres',
    redisUrl: 'redis://@localhost:6379',
    replicasHost: undefined,
  })
})

test('the parts make the URLs, whatever characters a password has', () => {
  const { databaseUrl, ownerUrl, redisUrl } = readConfig({
    POSTGRES_HOST: 'db',
    POSTGRES_PORT: '5433',
    POSTGRES_USER: 'app',
    POSTGRES_DB: 'counter',
    POSTGRES_PASSWORD: 'a:b@c/d%',
    POSTGRES_OWNER: 'owner',
    POSTGRES_OWNER_PASSWORD: 'g h',
    REDIS_HOST: 'cache',
    REDIS_PORT: '6380',
    REDIS_USER: 'reader',
    REDIS_PASSWORD: 'e?f#g',
  })
  const [database, redis] = [new URL(databaseUrl), new URL(redisUrl)]
  expect(database).toMatchObject({ host: 'db:5433', username: 'app', pathname: '/counter' })
  expect(decodeURIComponent(database.password)).toBe('a:b@c/d%')
  expect(ownerUrl).toBe('postgres://owner:g%20h@db:5433/counter')
  expect(redis).toMatchObject({ host: 'cache:6380', username: 'reader' })
  expect(decodeURIComponent(redis.password)).toBe('e?f#g')
})

test('DATABASE_URL and REDIS_URL win over the parts', () => {
  const urls = { DATABASE_URL: 'postgres://u:p@db/visits', REDIS_URL: 'redis://cache:1234' }
  expect(
    readConfig({ ...urls, POSTGRES_HOST: 'other', POSTGRES_OWNER: 'other', REDIS_HOST: 'other' }),
  ).toMatchObject({
    databaseUrl: urls.DATABASE_URL,
    ownerUrl: undefined,
    redisUrl: urls.REDIS_URL,
  })
})

test('an empty variable counts as not set', () => {
  const names = ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'REDIS_URL', 'POSTGRES_PASSWORD_FILE', 'REDIS_PASSWORD']
  expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}))
})

test('passwords are read from files, without the line break at the end', async () => {
  const config = readConfig({
    POSTGRES_PASSWORD_FILE: await secretFile('one\n'),
    REDIS_PASSWORD_FILE: await secretFile('two\n'),
  })
  expect(config.databaseUrl).toContain('postgres:one@')
  expect(config.redisUrl).toContain(':two@')
})

test('URLs are read from files, too', async () => {
  const urls = {
    DATABASE_URL: 'postgres://u:p@db/visits?sslmode=verify-full',
    REDIS_URL: 'rediss://:p@cache:1234',
  }
  const config = readConfig({
    DATABASE_URL_FILE: await secretFile(urls.DATABASE_URL),
    REDIS_URL_FILE: await secretFile(`${urls.REDIS_URL}\n`),
  })
  expect(config).toMatchObject({ databaseUrl: urls.DATABASE_URL, redisUrl: urls.REDIS_URL })
})

test('a wrong URL is not repeated: it may have a password in it', () => {
  expect(errorOf({ DATABASE_URL: 'secret@' })).toBe('DATABASE_URL: is not valid')
})

test.each([
  ['PORT', { PORT: 'http' }],
  ['PORT', { PORT: '70000' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ['DATABASE_URL', { DATABASE_URL: 'no url' }],
  ['REDIS_URL', { REDIS_URL: 'no url' }],
  ['POSTGRES_PORT', { POSTGRES_PORT: '-1' }],
  ['REDIS_PORT', { REDIS_PORT: 'x' }],
  ['POSTGRES_PASSWORD_FILE', { POSTGRES_PASSWORD_FILE: '/no/such/file' }],
  ['REDIS_PASSWORD_FILE', { REDIS_PASSWORD_FILE: '/no/such/file' }],
  ['POSTGRES_PASSWORD', { POSTGRES_PASSWORD: 'x', POSTGRES_PASSWORD_FILE: '/a/file' }],
])('a wrong %s is named in one line: %j', (name, environment) => {
  const message = errorOf(environment)
  expect(message).toContain(name)
  expect(message).not.toContain('\n')
})

test('every wrong variable is named at once', () => {
  expect(errorOf({ PORT: 'x', LOG_LEVEL: 'loud' })).toMatch(/PORT.*LOG_LEVEL/)
})

function errorOf(environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('the configuration was taken as right')
}
