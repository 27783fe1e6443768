import { find, setAttribute, setText } from '../dom.ts'
import { amount, formatMs, shortHost } from '../format.ts'
import { IS_LOCAL } from '../local.ts'
import type { Backend, ComponentState, StoreComponent, System } from '../system.ts'

/** Shows the state of every component, and the visits that wait to be saved. */
export function showComponents(map: HTMLElement, system: System) {
  if (!IS_LOCAL) showComponent(find(map, '[data-component="nginx"]'), system.nginx)
  showStore(find(map, '[data-component="redis"]'), system.redis)
  showStore(find(map, '[data-component="postgres"]'), system.postgres)
  showBackends(map, system)
  showUnsaved(find(map, '#unsaved'), system.unsaved)
}

function showStore(element: HTMLElement, { state, latencyMs }: StoreComponent) {
  showComponent(element, state)
  setText(find(element, '.detail'), latencyMs === null || state === 'down' ? '' : formatMs(latencyMs))
}

/** Keeps the element of each backend that stays, so that nothing flickers. */
function showBackends(map: HTMLElement, { backends, nginx }: System) {
  const list = find(map, '#backends')
  const template = find(map, '#backend') as HTMLTemplateElement
  const present = new Map([...list.children].map((child) => [(child as HTMLElement).dataset.host, child]))
  const state = nginx === 'up' ? 'down' : 'unknown'
  const shown: Backend[] =
    backends.length > 0 ? backends : [{ host: 'none found', state, counted: 0, seenAt: 0 }]
  const wanted = shown.map((backend) => {
    const element = (present.get(backend.host) ??
      template.content.firstElementChild?.cloneNode(true)) as HTMLElement
    element.dataset.host = backend.host
    setText(find(element, '.host'), shortHost(backend.host))
    showComponent(element, backend.state)
    setText(find(element, '.detail'), backends.length > 0 ? amount(backend.counted, 'visit') : '')
    return element
  })
  const isSame =
    wanted.length === list.children.length && wanted.every((item, i) => item === list.children[i])
  if (!isSame) list.replaceChildren(...wanted)
}

function showComponent(element: HTMLElement, state: ComponentState) {
  element.dataset.state = state
  setText(find(element, '.state'), state)
}

function showUnsaved(element: HTMLElement, unsaved: number | null) {
  setAttribute(element, 'data-unsaved', unsaved?.toString())
  if (unsaved === null) setText(element, 'unsaved: unknown')
  else setText(element, unsaved === 0 ? 'all visits saved' : `${amount(unsaved, 'visit')} unsaved`)
}
