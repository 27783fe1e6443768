import type { Store } from '../api.ts'
import { find } from '../dom.ts'
import { across, around, boxOf, down, downInto } from './geometry.ts'

type Link = { line: string; kind: 'request' | 'fallback' | 'save'; works: boolean }

/** Draws the connections between the parts, from where they are on the screen right now. */
export function drawLinks(map: HTMLElement) {
  const paths = links(map).map(({ line, kind, works }) => {
    const path = svgElement('path')
    path.setAttribute('d', line)
    path.dataset.kind = kind
    path.dataset.works = String(works)
    return path
  })
  find(map, '.links').replaceChildren(...paths)
}

/** The lines that a visit takes: to nginx, to a backend, and to the store that counts it. */
export function linesOf(map: HTMLElement, backend: HTMLElement, store: Store): [string, string, string] {
  const browser = boxOf(part(map, 'browser'))
  const nginx = boxOf(part(map, 'nginx'))
  const box = boxOf(backend)
  const target = boxOf(part(map, store))
  // On a narrow screen the parts are below each other.
  if (nginx.left < browser.right) {
    return [down(browser, nginx), downInto(nginx, box), around(box, target, store === 'redis' ? 1 : 2)]
  }
  return [across(browser, nginx), across(nginx, box), across(box, target)]
}

/** Where the time of a visit is shown: in the middle of the first line. */
export function timePlace(map: HTMLElement): { x: number; y: number } {
  const browser = boxOf(part(map, 'browser'))
  const nginx = boxOf(part(map, 'nginx'))
  if (nginx.left < browser.right) return { x: nginx.x, y: (browser.bottom + nginx.top) / 2 }
  return { x: (browser.right + nginx.left) / 2, y: browser.y }
}

/** The backend of this name, if it is on the map. */
export function findBackend(map: HTMLElement, host: string | undefined): HTMLElement | undefined {
  return backends(map).find(({ dataset }) => dataset.host === host)
}

/** Whether a backend answers and reaches a store: it is degraded because it misses one that is not up. */
export function reaches(map: HTMLElement, backend: HTMLElement, store: Store): boolean {
  const target = part(map, store)
  const bothDegraded = backend.dataset.state === 'degraded' && target.dataset.state === 'degraded'
  return answers(backend) && answers(target) && !bothDegraded
}

/** Makes an element of a drawing. */
export function svgElement(name: 'g' | 'path'): SVGElement {
  return document.createElementNS('http://www.w3.org/2000/svg', name)
}

function links(map: HTMLElement): Link[] {
  const nginx = part(map, 'nginx')
  const redis = part(map, 'redis')
  const postgres = part(map, 'postgres')
  const tray = boxOf(find(map, '#unsaved'))
  const saving = answers(redis) && answers(postgres)
  const drawn: Link[] = [
    { line: down(boxOf(redis), tray), kind: 'save', works: saving },
    { line: down(tray, boxOf(postgres)), kind: 'save', works: saving },
  ]
  for (const [index, backend] of backends(map).entries()) {
    const [toNginx, toBackend, toRedis] = linesOf(map, backend, 'redis')
    const [, , toPostgres] = linesOf(map, backend, 'postgres')
    if (index === 0) drawn.push({ line: toNginx, kind: 'request', works: answers(nginx) })
    drawn.push(
      { line: toBackend, kind: 'request', works: answers(nginx) && answers(backend) },
      { line: toRedis, kind: 'request', works: reaches(map, backend, 'redis') },
      { line: toPostgres, kind: 'fallback', works: reaches(map, backend, 'postgres') },
    )
  }
  return drawn
}

function part(map: HTMLElement, name: string): HTMLElement {
  return find(map, `[data-part="${name}"]`)
}

function backends(map: HTMLElement): HTMLElement[] {
  return [...map.querySelectorAll<HTMLElement>('[data-part="backend"]')]
}

function answers({ dataset }: HTMLElement): boolean {
  return dataset.state === 'up' || dataset.state === 'degraded'
}
