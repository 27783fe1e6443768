import { afterEach, beforeEach, expect, type Mock, test, vi } from 'vitest'
import { fetchStatus } from '../src/api.ts'
import { pollStatus } from '../src/poll.ts'
import { ApiError } from '../src/request.ts'
import { setHidden } from './page.ts'
import { replica, status } from './status.ts'

// The clock is fake here, so the server is, too: real answers do not wait for it.
vi.mock('../src/api.ts', async (original) => ({ ...(await original()), fetchStatus: vi.fn() }))

const listener = { onStatus: vi.fn(), onOutage: vi.fn() }
const answer = status([replica('a')])
const asked = vi.mocked(fetchStatus)

let listeners: Mock<typeof document.addEventListener>

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  asked.mockResolvedValue(answer)
  listeners = vi.spyOn(document, 'addEventListener')
})

afterEach(() => {
  for (const [type, listener] of listeners.mock.calls) document.removeEventListener(type, listener)
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('asks at once, and then once a second', async () => {
  pollStatus(listener)
  await vi.advanceTimersByTimeAsync(0)
  expect(listener.onStatus).toHaveBeenCalledExactlyOnceWith(answer)
  await vi.advanceTimersByTimeAsync(5000)
  expect(listener.onStatus).toHaveBeenCalledTimes(6)
  expect(listener.onOutage).not.toHaveBeenCalled()
})

test('asks nothing while the page is hidden, and at once when it is visible again', async () => {
  pollStatus(listener)
  await vi.advanceTimersByTimeAsync(0)
  setHidden(true)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(asked).toHaveBeenCalledTimes(1)
  setHidden(false)
  expect(asked).toHaveBeenCalledTimes(2)
})

test.for([
  ['unreachable', 'unreachable'],
  ['answered', 'no-backend'],
  ['timeout', 'silent'],
] as const)('tells when a request fails: %s', async ([failure, outage]) => {
  asked.mockRejectedValue(new ApiError('', failure))
  pollStatus(listener)
  await vi.advanceTimersByTimeAsync(0)
  expect(listener.onOutage).toHaveBeenLastCalledWith(outage)
})

test('tells within two seconds that answers have stopped', async () => {
  pollStatus(listener)
  await vi.advanceTimersByTimeAsync(0)
  asked.mockReturnValue(new Promise(() => {}))
  await vi.advanceTimersByTimeAsync(2000)
  expect(listener.onOutage).toHaveBeenLastCalledWith('silent')
})

test('asks once more when an answer is late, and takes the first one that comes', async () => {
  asked.mockReturnValueOnce(new Promise(() => {}))
  pollStatus(listener)
  await vi.advanceTimersByTimeAsync(499)
  expect(asked).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toHaveBeenCalledTimes(2)
  expect(listener.onStatus).toHaveBeenCalledExactlyOnceWith(answer)
  expect(listener.onOutage).not.toHaveBeenCalled()
})
