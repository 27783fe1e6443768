import { expect, test } from 'vitest'
import type { Observation } from '../src/exercises/memory.ts'
import { NO_PROGRESS, observe } from '../src/exercises/progress.ts'
import { replica, status, visit } from './status.ts'

/** The exercises that are done when these things happen one after the other. */
function doneAfter(...observations: Observation[]) {
  return observations.reduce(observe, NO_PROGRESS).done
}

const running = (...hosts: string[]) => ({ status: status(hosts.map((host) => replica(host))) })
const byPostgres = { visit: visit(10, 'postgres') }
const noPostgres = (unsaved: number) => ({
  status: status([replica('a', { postgres: 'down' })], { unsaved }),
})
const message = (text: string) => ({ data: { message: text, timestamp: '', servedByHost: 'a' } })
const unreachable: Observation = { unreachable: true }

test('stop-redis: a visit is counted in Postgres', () => {
  expect(doneAfter(byPostgres)).toEqual(['stop-redis'])
  expect(doneAfter({ visit: visit(10) })).toEqual([])
})

test('start-redis: after that, Redis counts on from there', () => {
  expect(doneAfter(running('a'), byPostgres, { visit: visit(43) })).toContain('start-redis')
  expect(doneAfter(running('a'), byPostgres, { visit: visit(42) })).not.toContain('start-redis')
  expect(doneAfter(running('a'), { visit: visit(43) })).not.toContain('start-redis')
})

test('stop-postgres: visits wait because Postgres is down', () => {
  expect(doneAfter(noPostgres(1))).toEqual(['stop-postgres'])
  expect(doneAfter(noPostgres(0))).toEqual([])
  expect(doneAfter({ status: status([replica('a')], { unsaved: 1 }) })).toEqual([])
})

test('start-postgres: after that, Postgres is up and none waits', () => {
  expect(doneAfter(noPostgres(1), running('a'))).toContain('start-postgres')
  expect(doneAfter(running('a'))).toEqual([])
  expect(doneAfter(noPostgres(1), { status: status([replica('a')], { unsaved: 1 }) })).toEqual([
    'stop-postgres',
  ])
})

test('scale: three replicas run, and each of them has counted a visit', () => {
  const counting = (...visits: number[]) => ({
    status: status(visits.map((redis, index) => replica(`${index}`, {}, { redis }))),
  })
  expect(doneAfter(counting(2, 1, 1))).toEqual(['scale'])
  expect(doneAfter(counting(4, 1, 0))).toEqual([])
  expect(doneAfter(counting(2, 2))).toEqual([])
})

const counted = (visits: Record<string, number>) => ({
  status: status(Object.entries(visits).map(([host, redis]) => replica(host, {}, { redis }))),
})

test('kill-backend: one is back and counts from zero, while another one kept running', () => {
  expect(doneAfter(counted({ a: 3, b: 3 }), counted({ b: 4 }), counted({ a: 0, b: 4 }))).toEqual([
    'kill-backend',
  ])
  expect(doneAfter(counted({ a: 3, b: 3 }), counted({ a: 0, b: 3 }))).toEqual(['kill-backend'])
})

test('kill-backend: not while it is away, nor when it only did not answer', () => {
  expect(doneAfter(counted({ a: 3, b: 3 }), counted({ b: 4 }))).toEqual([])
  expect(doneAfter(counted({ a: 3, b: 3 }), counted({ b: 4 }), counted({ a: 3, b: 4 }))).toEqual([])
})

test('kill-backend: not when all of them were restarted or replaced, nor when one was added', () => {
  expect(doneAfter(counted({ a: 3, b: 3 }), counted({ a: 0, b: 0 }))).toEqual([])
  expect(doneAfter(counted({ a: 3, b: 3 }), counted({ c: 0 }))).toEqual([])
  expect(doneAfter(counted({ a: 3 }), counted({ a: 3, b: 0 }))).toEqual([])
})

test('restart: the server was away, all containers are new, and the count is not', () => {
  expect(doneAfter(running('a'), unreachable, running('b'))).toEqual(['restart'])
  // The status may have been read before the visit of the reloaded page.
  expect(doneAfter(running('a'), unreachable, { visit: visit(43) }, running('b'))).toEqual(['restart'])
  expect(doneAfter(running('a'), running('b'))).toEqual([])
  expect(doneAfter(running('a'), unreachable, running('a'))).toEqual([])
  expect(doneAfter(unreachable, running('b'))).toEqual([])
})

test('restart: not when visits were lost, and only once the new stores know the count', () => {
  const restarted = (count: number | null) => ({ status: status([replica('b')], { count }) })
  expect(doneAfter(running('a'), unreachable, restarted(41))).toEqual([])
  expect(doneAfter(running('a'), unreachable, restarted(null))).toEqual([])
  expect(doneAfter(running('a'), unreachable, restarted(null), unreachable, restarted(42))).toEqual([
    'restart',
  ])
})

test('hot-reload: the message is another one than the first', () => {
  expect(doneAfter(message('Hello'), message('Hi'))).toEqual(['hot-reload'])
  expect(doneAfter(message('Hello'), message('Hello'))).toEqual([])
  expect(doneAfter(message('Hi'))).toEqual([])
})
