import { expect, test } from 'vitest'
import { coalesce } from '../../src/counter/coalesce.ts'
import { type Deferred, deferred } from '../helpers/deferred.ts'

/** A store whose calls are answered one by one, by the test. */
function slowStore() {
  const calls: (Deferred<number> & { n: number })[] = []
  const add = coalesce((n) => {
    const answer = deferred<number>()
    calls.push({ n, ...answer })
    return answer.promise
  })
  return { add, calls }
}

/** Lets everything go on that does not wait for the store. */
const flushPromises = () => new Promise((resolve) => setImmediate(resolve))

test('visits that arrive while a call is in flight share the next one', async () => {
  const { add, calls } = slowStore()
  const first = add()
  await flushPromises()
  add()
  await flushPromises()
  add()
  await flushPromises()
  expect(calls.map(({ n }) => n)).toEqual([1])
  calls[0]?.resolve(1)
  await first
  await flushPromises()
  expect(calls.map(({ n }) => n)).toEqual([1, 2])
})

test('each visit gets a number of its own, in order of arrival', async () => {
  const { add, calls } = slowStore()
  const first = add()
  await flushPromises()
  const others = [add(), add(), add()]
  calls[0]?.resolve(7)
  await first
  await flushPromises()
  calls[1]?.resolve(20)
  expect(await Promise.all([first, ...others])).toEqual([7, 18, 19, 20])
})

test('a failed call rejects the visits that shared it, and no others', async () => {
  const { add, calls } = slowStore()
  const first = add()
  await flushPromises()
  const failing = [add(), add()]
  calls[0]?.resolve(1)
  expect(await first).toBe(1)
  await flushPromises()
  const last = add()
  calls[1]?.reject(new Error('refused'))
  expect(await Promise.allSettled(failing)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  await flushPromises()
  calls[2]?.resolve(2)
  expect(await last).toBe(2)
})

test('a visit that comes when nothing is in flight does not wait', async () => {
  let total = 0
  const add = coalesce(async (n) => {
    total += n
    return total
  })
  expect(await add()).toBe(1)
  expect(await add()).toBe(2)
})
