import { randomUUID } from 'node:crypto'
import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { postgresAdvice } from '../src/lib/postgres.ts'
import { startConnections } from './helpers/connections.ts'
import { refusal, startProxy } from './helpers/proxy.ts'
import { databaseUrl, describeWithRedis, redisUrl } from './helpers/stores.ts'

const WARN = 40
const ERROR = 50
const inFiveSeconds = { timeout: 5_000 }

describeWithRedis('credentials', () => {
  test('that Redis refuses are one error with advice, and not ready, until they are right', async () => {
    const user = `test-${randomUUID()}`
    const url = new URL(redisUrl)
    url.username = user
    url.password = 'secret'
    const { api, connections, logged, outages, seesStores } = await startConnections({ redisUrl: url.href })
    await Promise.all(Array.from({ length: 20 }, connections.ping))
    const { body } = await api.get('/health/ready').expect(503)
    expect(body.detail).toBe('The configuration of redis is wrong: see the log.')
    expect(logged.filter(({ level }) => level >= WARN)).toEqual([
      expect.objectContaining({
        level: ERROR,
        msg: expect.stringMatching(/^redis is down: WRONGPASS.+[^.]\. Set REDIS_USER and REDIS_PASSWORD/),
      }),
    ])

    const admin = await createClient({ url: redisUrl }).connect()
    onTestFinished(async () => {
      await admin.aclDelUser(user)
      admin.destroy()
    })
    await admin.aclSetUser(user, ['on', '>secret', '~*', '+@all'])
    await seesStores()
    await api.get('/health/ready').expect(200)
    expect(outages()).toHaveLength(3)
    expect(outages().at(-1)).toBe('redis is up')
  })

  test.each([
    ['28P01', 'password authentication failed for user "app"', /Set POSTGRES_USER and POSTGRES_PASSWORD/],
    ['28000', 'role "app" is not permitted to log in', /Set POSTGRES_USER and POSTGRES_PASSWORD/],
    ['3D000', 'database "app" does not exist', /Create the database/],
    ['42501', 'permission denied for database "app"', /Grant the privilege/],
  ])(
    'that Postgres refuses with %s are one error with advice, and not ready, until they are right',
    async (code, message, advice) => {
      const postgres = await startProxy(databaseUrl)
      const { api, connections, logged, outages, seesStores } = await startConnections({
        databaseUrl: postgres.url,
      })
      await seesStores()
      await postgres.refuse(refusal(code, message))
      await expect.poll(() => logged.some(({ level }) => level === ERROR), inFiveSeconds).toBe(true)
      await Promise.all(Array.from({ length: 20 }, connections.ping))
      const { body } = await api.get('/health/ready').expect(503)
      expect(body.detail).toBe('The configuration of postgres is wrong: see the log.')
      const errors = logged.filter(({ level }) => level === ERROR)
      expect(errors).toHaveLength(1)
      expect(errors[0]?.msg).toContain(message)
      expect(errors[0]?.msg).toMatch(advice)

      postgres.restore()
      await seesStores()
      await api.get('/health/ready').expect(200)
      expect(outages().at(-1)).toBe('postgres is up')

      // A replica that was ready stays so: it goes on with Redis, and nothing better would take its place.
      await postgres.refuse(refusal(code, message))
      await seesStores({ postgres: 'down' })
      await api.get('/health/ready').expect(200)
    },
  )
})

test('a password that Postgres asks for and nobody set is a mistake, too', () => {
  const error = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string')
  expect(postgresAdvice(error)).toContain('POSTGRES_PASSWORD')
})
