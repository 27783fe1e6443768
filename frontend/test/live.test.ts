import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError, fetchStatus } from '../src/api.ts'
import { followStatus } from '../src/live.ts'
import { FakeEventSource, fakeEventSource } from './event-source.ts'
import { hidePage, showPage } from './page.ts'
import { replica, status } from './status.ts'

// The clock is fake here, so the server is, too: real answers do not wait for it.
vi.mock('../src/api.ts', async (original) => ({ ...(await original()), fetchStatus: vi.fn() }))

const listener = { onStatus: vi.fn(), onOutage: vi.fn(), onMode: vi.fn() }
const news = status([replica('a')])
const asked = vi.mocked(fetchStatus)

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  fakeEventSource()
  asked.mockResolvedValue(news)
  followStatus(listener)
})

afterEach(() => {
  hidePage()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('passes on the events of the stream, and does not ask while they come', async () => {
  for (let event = 0; event < 10; event++) {
    FakeEventSource.newest.send(news)
    await vi.advanceTimersByTimeAsync(500)
  }
  expect(listener.onStatus).toHaveBeenCalledTimes(10)
  expect(listener.onStatus).toHaveBeenCalledWith(news)
  expect(listener.onMode).toHaveBeenLastCalledWith('stream')
  expect(asked).not.toHaveBeenCalled()
})

test('asks once a second when the stream is refused, and tries a stream again after 10 s', async () => {
  FakeEventSource.newest.refuse()
  await vi.advanceTimersByTimeAsync(5000)
  expect(listener.onMode).toHaveBeenLastCalledWith('poll')
  expect(listener.onStatus.mock.calls.length).toBeGreaterThanOrEqual(5)
  expect(FakeEventSource.opened).toHaveLength(1)

  await vi.advanceTimersByTimeAsync(5000)
  expect(FakeEventSource.opened).toHaveLength(2)
  FakeEventSource.newest.send(news)
  expect(listener.onMode).toHaveBeenLastCalledWith('stream')
})

test.for([
  ['unreachable', 'unreachable'],
  ['answered', 'no-backend'],
] as const)('when the stream ends and the server is %s, it says so at once', async ([failure, outage]) => {
  asked.mockRejectedValue(new ApiError('', failure))
  FakeEventSource.newest.end()
  await vi.advanceTimersByTimeAsync(0)
  expect(listener.onOutage).toHaveBeenLastCalledWith(outage)
})

test('says within 2 s that nothing is heard', async () => {
  asked.mockRejectedValue(new ApiError('', 'timeout'))
  FakeEventSource.newest.send(news)
  await vi.advanceTimersByTimeAsync(2000)
  expect(listener.onOutage).toHaveBeenLastCalledWith('silent')
})

test('an answer that is older than the newest event does not count', async () => {
  FakeEventSource.newest.end()
  expect(asked).toHaveBeenCalledTimes(1)
  FakeEventSource.newest.send(news)
  await vi.advanceTimersByTimeAsync(0)
  expect(listener.onStatus).toHaveBeenCalledTimes(1)
})

test('gives its connection back while the page is hidden', async () => {
  hidePage()
  expect(FakeEventSource.newest.readyState).toBe(FakeEventSource.CLOSED)
  expect(listener.onMode).toHaveBeenLastCalledWith('off')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(asked).not.toHaveBeenCalled()
  expect(listener.onOutage).not.toHaveBeenCalled()

  showPage()
  FakeEventSource.newest.send(news)
  expect(listener.onMode).toHaveBeenLastCalledWith('stream')
})
