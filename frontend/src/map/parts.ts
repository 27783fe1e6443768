import { find, fromTemplate, setText } from '../dom.ts'
import { amount, formatMs, shortHost } from '../format.ts'
import type { Backend, PartState, StorePart, System } from '../system.ts'
import { showUnsaved } from './unsaved.ts'

/** Shows how every part is. */
export function showParts(map: HTMLElement, system: System) {
  showPart(find(map, '[data-part="nginx"]'), system.nginx)
  showStore(find(map, '[data-part="redis"]'), system.redis)
  showStore(find(map, '[data-part="postgres"]'), system.postgres)
  showBackends(map, system)
  showUnsaved(map, system.unsaved)
}

function showStore(element: HTMLElement, { state, latencyMs }: StorePart) {
  showPart(element, state)
  setText(find(element, '.detail'), latencyMs === null || state === 'down' ? '' : formatMs(latencyMs))
}

/** Keeps the element of each backend that stays, so that nothing flickers. */
function showBackends(map: HTMLElement, { backends, nginx }: System) {
  const list = find(map, '#backends')
  const elements = new Map([...list.children].map((child) => [(child as HTMLElement).dataset.host, child]))
  const wanted = backends.map((backend) => {
    const element = (elements.get(backend.host) ?? fromTemplate(map, '#backend')) as HTMLElement
    showBackend(element, backend)
    return element
  })
  if (wanted.length === 0) {
    const nobody = fromTemplate(map, '#backend')
    find(nobody, '.host').textContent = 'none known'
    showPart(nobody, nginx === 'up' ? 'down' : 'unknown')
    wanted.push(nobody)
  }
  const same = wanted.length === list.children.length && wanted.every((item, i) => item === list.children[i])
  if (!same) list.replaceChildren(...wanted)
}

function showBackend(element: HTMLElement, { host, state, counted }: Backend) {
  element.dataset.host = host
  showPart(element, state)
  setText(find(element, '.host'), shortHost(host))
  setText(find(element, '.detail'), `${amount(counted, 'visit')}`)
}

function showPart(element: HTMLElement, state: PartState) {
  element.dataset.state = state
  setText(find(element, '.state'), state)
}
