import { Router } from 'express'
import { expect, test } from 'vitest'
import { newApi } from './helpers/api.ts'
import { startBackend } from './helpers/backend.ts'
import { describeWithRedis } from './helpers/stores.ts'

test('requests are timed by route', async () => {
  const { api, metrics } = newApi(Router().get('/notes/:id', (_request, response) => void response.json({})))
  await api.get('/notes/41').expect(200)
  await api.get('/notes/42').expect(200)
  await api.get('/notes').expect(404)
  const text = await metrics.registry.metrics()
  const counted = [...text.matchAll(/^http_request_duration_seconds_count(.+)$/gm)]
  expect(counted.map(([, series]) => series)).toEqual([
    '{method="GET",route="/notes/:id",status="200"} 2',
    '{method="GET",route="none",status="404"} 1',
  ])
})

describeWithRedis('GET /metrics', () => {
  test('says which stores are used', async () => {
    const { api } = await startBackend()
    const { text, type } = await api.get('/metrics').expect(200)
    expect(type).toBe('text/plain')
    expect(text).toContain('\nredis_up 1\n')
    expect(text).toContain('\npostgres_up 1\n')
  })
})
