import { beforeEach, expect, test, vi } from 'vitest'
import { recordVisit } from '../src/api.ts'
import { OwnVisits } from '../src/own-visits.ts'
import { replica, visit } from './status.ts'

vi.mock('../src/api.ts', () => ({ recordVisit: vi.fn() }))

let now: number
let own: OwnVisits

beforeEach(() => {
  now = 10_000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  own = new OwnVisits()
})

const counted = (redis: number, postgres = 0) => [replica('a', {}, { redis, postgres })]

test('measures how long a visit takes', async () => {
  vi.mocked(recordVisit).mockImplementation(async () => {
    now += 12
    return visit(42)
  })
  expect(await own.record()).toEqual({ ...visit(42), ms: 12 })
})

test('what was counted beyond this page’s visits are those of other people, by their way', async () => {
  vi.mocked(recordVisit).mockResolvedValue(visit(42))
  own.othersSince(counted(10))
  await own.record()
  now += 1000
  expect(own.othersSince(counted(14, 2))).toEqual([
    { host: 'a', source: 'redis', visits: 3 },
    { host: 'a', source: 'postgres', visits: 2 },
  ])
  expect(own.othersSince(counted(14, 2))).toEqual([])
})

test('a status that may not have this page’s newest visit yet waits for the next', async () => {
  vi.mocked(recordVisit).mockResolvedValue(visit(42))
  own.othersSince(counted(10))
  await own.record()
  now += 999
  expect(own.settled).toBe(false)
  expect(own.othersSince(counted(10))).toEqual([])
  now += 1
  expect(own.settled).toBe(true)
  expect(own.othersSince(counted(11))).toEqual([])
})

test('a visit under way may be counted already, and is not another’s', async () => {
  let answer = (_: ReturnType<typeof visit>) => {}
  vi.mocked(recordVisit).mockReturnValue(
    new Promise((resolve) => {
      answer = resolve
    }),
  )
  own.othersSince(counted(10))
  const recorded = own.record()
  expect(own.othersSince(counted(11))).toEqual([])
  answer(visit(42))
  await recorded
  now += 1000
  expect(own.othersSince(counted(11))).toEqual([])
})

test('a replica that is new or was started anew has no visits of others yet', () => {
  expect(own.othersSince(counted(10))).toEqual([])
  expect(own.othersSince(counted(3))).toEqual([])
})
