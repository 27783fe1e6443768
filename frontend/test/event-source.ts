import { vi } from 'vitest'
import type { Status } from '../src/api.ts'

/** Stands in for the browser's EventSource, which happy-dom does not have. A test plays the server's part. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static opened: FakeEventSource[] = []
  readyState = 0

  constructor() {
    super()
    FakeEventSource.opened.push(this)
  }

  /** The newest one that the page opened. */
  static get newest(): FakeEventSource {
    return FakeEventSource.opened.at(-1) as FakeEventSource
  }

  /** The server sends an event. */
  send(status: Status) {
    this.readyState = 1
    this.dispatchEvent(new MessageEvent('status', { data: JSON.stringify(status) }))
  }

  /** The server ends the stream: the browser opens it again. */
  end() {
    this.readyState = 0
    this.dispatchEvent(new Event('error'))
  }

  /** The server answers with an error: the browser gives up. */
  refuse() {
    this.readyState = FakeEventSource.CLOSED
    this.dispatchEvent(new Event('error'))
  }

  close() {
    this.readyState = FakeEventSource.CLOSED
  }
}

/** Gives the page streams that the test controls. */
export function fakeEventSource() {
  FakeEventSource.opened = []
  vi.stubGlobal('EventSource', FakeEventSource)
}
