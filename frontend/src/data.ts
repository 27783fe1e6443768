import { type Data, fetchData } from './api.ts'
import { find, onPress, setAttribute } from './dom.ts'

/** Loads the data at a press of the button, and tells of each answer. */
export function createData(section: HTMLElement, onData: (data: Data) => void = () => {}) {
  const status = find(section, '#data-status')

  onPress(find(section, '#load-data'), async () => {
    status.textContent = 'Loading…'
    try {
      const data = await fetchData()
      show(section, data)
      status.textContent = ''
      onData(data)
    } catch (error) {
      // No old answer beside the error.
      show(section, null)
      status.textContent = (error as Error).message
    }
  })
}

function show(section: HTMLElement, data: Data | null) {
  const time = find(section, '#data-timestamp')
  find(section, '#data-message').textContent = data?.message ?? '–'
  time.textContent = data ? new Date(data.timestamp).toLocaleString() : '–'
  setAttribute(time, 'datetime', data?.timestamp)
  find(section, '#data-host').textContent = data?.servedByHost ?? '–'
}
