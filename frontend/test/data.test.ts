import { beforeEach, expect, test, vi } from 'vitest'
import { createData } from '../src/data.ts'
import { find } from '../src/dom.ts'
import { openPage, text } from './page.ts'
import { answer, problem, serve } from './server.ts'

const timestamp = '2026-03-01T12:30:00.000Z'
const data = { message: 'Hello', timestamp, servedByHost: '3f2a' }
const onData = vi.fn()
const press = () => find(document, '#load-data').click()

beforeEach(() => {
  onData.mockClear()
  openPage()
  createData(find(document, '#data'), onData)
})

test('shows the answer, and tells of it', async () => {
  await serve(answer(200, data))
  press()
  expect(text('#data-status')).toBe('Loading…')
  await vi.waitFor(() => expect(text('#data-message')).toBe('Hello'))
  expect(text('#data-host')).toBe('3f2a')
  expect(text('#data-status')).toBe('')
  expect(onData).toHaveBeenCalledExactlyOnceWith(data)
})

test('shows the time as the visitor’s clock has it, and as UTC for programs', async () => {
  await serve(answer(200, data))
  press()
  await vi.waitFor(() => expect(text('#data-timestamp')).toBe(new Date(timestamp).toLocaleString()))
  expect(find(document, '#data-timestamp').getAttribute('datetime')).toBe(timestamp)
})

test('shows an error, and no old answer', async () => {
  const api = vi
    .fn(problem(500, { detail: 'Something went wrong.' }))
    .mockImplementationOnce(answer(200, data))
  await serve(api)
  press()
  await vi.waitFor(() => expect(text('#data-message')).toBe('Hello'))
  press()
  await vi.waitFor(() => expect(text('#data-status')).toBe('Something went wrong.'))
  expect(text('#data-message')).toBe('–')
  expect(text('#data-host')).toBe('–')
  expect(find(document, '#data-timestamp').hasAttribute('datetime')).toBe(false)
})
