import type { Store, Visit } from '../api.ts'
import { animate, find } from '../dom.ts'
import { across, around, boxOf, down, downInto, join } from './geometry.ts'

const LIT_MS = 3000
const PULSE_MS = 900
/** A burst looks like a stream, and must not cost as much as its visits. */
const MAX_PULSES = 12

/** A line between two components. It is on the path of the visits to its host and its store, where it has them. */
interface Connection {
  line: string
  kind: 'request' | 'fallback' | 'save'
  works: boolean
  host?: string | undefined
  store?: Store
}

type Path = Pick<Visit, 'servedByHost' | 'source'>

/** Draws the connections between the components of a map, and lights the paths of visits. */
export function createConnections(map: HTMLElement) {
  const lit = new Map<string, { path: Path; timer: ReturnType<typeof setTimeout> }>()

  /** Draws all connections, from where the components are on the screen right now. */
  function draw() {
    const lines = connectionsOf(map).map((connection) => {
      const { kind, works, host, store } = connection
      const isLit = works && [...lit.values()].some(({ path }) => isOn(path, connection))
      return svgPath(connection.line, { kind, works, isLit, host, store })
    })
    find(map, '.connections').replaceChildren(...lines)
  }

  /** Lights the path of a visit for a moment, and sends a pulse along it. */
  function light({ servedByHost, source }: Path) {
    const path = { servedByHost, source }
    const key = `${servedByHost} ${source}`
    clearTimeout(lit.get(key)?.timer)
    const darken = () => {
      lit.delete(key)
      draw()
    }
    lit.set(key, { path, timer: setTimeout(darken, LIT_MS) })
    draw()
    sendPulse(map, path)
  }

  return { draw, light }
}

function connectionsOf(map: HTMLElement): Connection[] {
  const [browser, nginx, redis, postgres] = ['browser', 'nginx', 'redis', 'postgres'].map((name) =>
    find(map, `[data-component="${name}"]`),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement]
  const backends = [...map.querySelectorAll<HTMLElement>('[data-component="backend"]')]
  const unsaved = boxOf(find(map, '#unsaved'))
  const saves = answers(redis) && answers(postgres)
  // On a narrow screen the components are below each other.
  const isColumn = boxOf(nginx).left < boxOf(browser).right
  const toNginx = (isColumn ? down : across)(boxOf(browser), boxOf(nginx))

  return [
    { line: down(boxOf(redis), unsaved), kind: 'save', works: saves },
    { line: down(unsaved, boxOf(postgres)), kind: 'save', works: saves },
    { line: toNginx, kind: 'request', works: answers(nginx) },
    ...backends.flatMap((backend): Connection[] => {
      const host = backend.dataset.host
      const box = boxOf(backend)
      const toBackend = (isColumn ? downInto : across)(boxOf(nginx), box)
      const toStore = (store: HTMLElement, lane: number) =>
        isColumn ? around(box, boxOf(store), lane) : across(box, boxOf(store))
      return [
        { line: toBackend, kind: 'request', works: answers(nginx) && answers(backend), host },
        { line: toStore(redis, 1), kind: 'request', works: reaches(backend, redis), host, store: 'redis' },
        {
          line: toStore(postgres, 2),
          kind: 'fallback',
          works: reaches(backend, postgres),
          host,
          store: 'postgres',
        },
      ]
    }),
  ]
}

function isOn({ servedByHost, source }: Path, { kind, host = servedByHost, store = source }: Connection) {
  return kind !== 'save' && host === servedByHost && store === source
}

function sendPulse(map: HTMLElement, path: Path) {
  const pulses = find(map, '.pulses')
  const connections = connectionsOf(map).filter((connection) => isOn(path, connection))
  const isWhole = connections.some(({ store }) => store) && connections.every(({ works }) => works)
  if (!isWhole || pulses.children.length >= MAX_PULSES) return
  const pulse = svgPath(join(connections.map(({ line }) => line)), {})
  // With a length of 100, the offsets are percentages.
  pulse.setAttribute('pathLength', '100')
  const move = [{ strokeDashoffset: 4 }, { strokeDashoffset: -100 }]
  const animation = animate(pulse, move, { duration: PULSE_MS, easing: 'ease-in-out' })
  if (!animation) return
  pulses.append(pulse)
  animation.finished.then(() => pulse.remove())
}

function answers({ dataset }: HTMLElement): boolean {
  return dataset.state === 'up' || dataset.state === 'degraded'
}

/** Whether a backend reaches a store: it is degraded because it misses one that is not up. */
function reaches(backend: HTMLElement, store: HTMLElement): boolean {
  const areBothDegraded = backend.dataset.state === 'degraded' && store.dataset.state === 'degraded'
  return answers(backend) && answers(store) && !areBothDegraded
}

function svgPath(line: string, data: Record<string, string | boolean | undefined>): SVGPathElement {
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', line)
  for (const [key, value] of Object.entries(data)) if (value !== undefined) path.dataset[key] = String(value)
  return path
}
