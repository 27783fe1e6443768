import type { Store } from '../api.ts'
import { animate, find } from '../dom.ts'
import { formatMs } from '../format.ts'
import type { TimedVisit } from '../record.ts'
import { join } from './geometry.ts'
import { findBackend, linesOf, reaches, svgElement, timePlace } from './links.ts'

const litMs = 3000
const pulseMs = 900
/** Many visits at once look like a stream, and must not cost as much as they are. */
const maxPulses = 12

const timers = new WeakMap<Element, ReturnType<typeof setTimeout>>()

/**
 * Lights the way of a visit for a moment, and sends a pulse along it.
 * Returns whether it could: news of the visit may be faster than news of the parts on its way.
 */
export function lightWay(map: HTMLElement, { servedByHost, source, ms }: TimedVisit): boolean {
  const backend = findBackend(map, servedByHost)
  if (!backend || !reaches(map, backend, source)) return false
  const way = findOrAddWay(map, { via: servedByHost, store: source })
  if (way.children.length <= maxPulses) sendPulse(way)
  find(map, '.time').textContent = formatMs(ms)
  placeWays(map)

  clearTimeout(timers.get(way))
  const darken = () => {
    way.remove()
    placeWays(map)
  }
  timers.set(way, setTimeout(darken, litMs))
  return true
}

/** Puts the lit ways, and the time of the newest visit, where the parts are now. A broken way gets dark. */
export function placeWays(map: HTMLElement) {
  for (const way of map.querySelectorAll<SVGGElement>('.ways > g')) {
    const backend = findBackend(map, way.dataset.via)
    const store = way.dataset.store as Store
    if (!backend || !reaches(map, backend, store)) {
      way.remove()
      continue
    }
    const line = join(linesOf(map, backend, store))
    for (const path of way.children) path.setAttribute('d', line)
  }
  const label = find(map, '.time')
  const { x, y } = timePlace(map)
  label.style.left = `${x}px`
  label.style.top = `${y}px`
  label.hidden = map.querySelector('.ways > g') === null
}

function findOrAddWay(map: HTMLElement, data: Record<string, string>): SVGElement {
  const ways = find(map, '.ways')
  const lit = ([...ways.children] as SVGElement[]).find(({ dataset }) =>
    Object.entries(data).every(([key, value]) => dataset[key] === value),
  )
  if (lit) return lit
  const way = svgElement('g')
  Object.assign(way.dataset, data)
  way.append(svgElement('path'))
  ways.append(way)
  return way
}

function sendPulse(way: Element) {
  const pulse = svgElement('path')
  pulse.setAttribute('class', 'pulse')
  pulse.setAttribute('pathLength', '100')
  const move = [{ strokeDashoffset: 4 }, { strokeDashoffset: -100 }]
  const running = animate(pulse, move, { duration: pulseMs, easing: 'ease-in-out' })
  if (!running) return
  way.append(pulse)
  running.finished.then(() => pulse.remove())
}
