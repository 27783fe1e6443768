import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { postgresAdvice } from '../src/lib/postgres.ts'
import { startBackend } from './helpers/backend.ts'
import { databaseUrl, describeWithRedis, newCounter, redisUrl } from './helpers/counter.ts'
import { startProxy } from './helpers/proxy.ts'

const WARN = 40
const ERROR = 50
const inFiveSeconds = { timeout: 5_000 }

/** What Postgres answers to somebody whom it refuses. */
function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const header = Buffer.alloc(5)
  header.write('E')
  header.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([header, fields])
}

describeWithRedis('credentials', () => {
  test('that Redis refuses are one error with advice, and not ready; visits go on in Postgres', async () => {
    const counter = await newCounter({ count: 41 })
    const url = new URL(redisUrl)
    url.username = counter.id
    url.password = 'secret'
    const backend = await startBackend(counter, { redisUrl: url.href })
    const [answer] = await backend.visits(20)
    expect(answer).toMatchObject({ status: 201, body: { source: 'postgres' } })
    const { body } = await backend.api.get('/health/ready').expect(503)
    expect(body.detail).toBe('The configuration of redis is wrong: see the log.')
    expect(backend.outages.filter(({ level }) => level >= WARN)).toEqual([
      expect.objectContaining({
        level: ERROR,
        msg: expect.stringMatching(/^redis is down: WRONGPASS.+[^.]\. Set REDIS_USER and REDIS_PASSWORD/),
      }),
    ])

    const admin = await createClient({ url: redisUrl }).connect()
    onTestFinished(async () => {
      await admin.aclDelUser(counter.id)
      admin.destroy()
    })
    await admin.aclSetUser(counter.id, ['on', '>secret', '~*', '+@all'])
    await backend.seesStores()
    await backend.api.get('/health/ready').expect(200)
    expect((await backend.visit()).body).toMatchObject({ count: 62, source: 'redis' })
    expect(backend.outages).toHaveLength(3)
    expect(backend.outages.at(-1)?.msg).toBe('redis is up')
  })

  test.each(['-evalsha', '-info'])(
    'a user of Redis with %s cannot count: one error with advice',
    async (rule) => {
      const counter = await newCounter({ count: 41 })
      const admin = await createClient({ url: redisUrl }).connect()
      onTestFinished(async () => {
        await admin.aclDelUser(counter.id)
        admin.destroy()
      })
      await admin.aclSetUser(counter.id, ['on', '>secret', '~*', '+@all', rule])
      const url = Object.assign(new URL(redisUrl), { username: counter.id, password: 'secret' })
      const backend = await startBackend(counter, { redisUrl: url.href })
      expect((await backend.visit()).body).toMatchObject({ count: 42, source: 'postgres' })
      expect(backend.outages.filter(({ level }) => level >= WARN)).toEqual([
        expect.objectContaining({
          level: ERROR,
          msg: expect.stringMatching(/(NOPERM|ACL failure).+Allow it to this user/),
        }),
      ])
    },
  )

  test.each([
    ['28P01', 'password authentication failed for user "app"', /Set POSTGRES_USER and POSTGRES_PASSWORD/],
    ['28000', 'role "app" is not permitted to log in', /Set POSTGRES_USER and POSTGRES_PASSWORD/],
    ['3D000', 'database "app" does not exist', /Create the database/],
    ['42501', 'permission denied for database "app"', /Grant the privilege/],
  ])(
    'that Postgres refuses with %s are one error with advice, and not ready; visits go on in Redis',
    async (code, message, advice) => {
      const counter = await newCounter({ count: 41 })
      const postgres = await startProxy(databaseUrl)
      const backend = await startBackend(counter, { databaseUrl: postgres.url })
      await backend.visit().expect(201)
      await postgres.refuse(refusal(code, message))
      await expect.poll(() => backend.outages.some(({ level }) => level === ERROR), inFiveSeconds).toBe(true)
      const [answer] = await backend.visits(20)
      expect(answer).toMatchObject({ status: 201, body: { source: 'redis' } })
      const { body } = await backend.api.get('/health/ready').expect(503)
      expect(body.detail).toBe('The configuration of postgres is wrong: see the log.')
      const errors = backend.outages.filter(({ level }) => level === ERROR)
      expect(errors).toHaveLength(1)
      expect(errors[0]?.msg).toContain(message)
      expect(errors[0]?.msg).toMatch(advice)

      postgres.restore()
      await backend.seesStores()
      await backend.api.get('/health/ready').expect(200)
      await expect.poll(counter.inPostgres, inFiveSeconds).toBe(62)
      expect(backend.outages.at(-1)?.msg).toBe('postgres is up')

      // A replica that was ready stays so: it counts in Redis, and nothing better would take its place.
      await postgres.refuse(refusal(code, message))
      await backend.seesStores({ postgres: 'down' })
      await backend.api.get('/health/ready').expect(200)
    },
  )
})

test('a password that Postgres asks for and nobody set is a mistake, too', () => {
  const error = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string')
  expect(postgresAdvice(error)).toContain('POSTGRES_PASSWORD')
})
