import { find } from '../dom.ts'
import { connectionsOf, isOn, type Path } from './connections.ts'
import { join } from './geometry.ts'

const LIT_MS = 3000
const PULSE_MS = 900
/** A burst looks like a stream, and must not cost as much as its visits. */
const MAX_PULSES = 12

/** Draws the connections between the components of a map, and lights the paths of visits. */
export function createDrawing(map: HTMLElement) {
  const lit = new Map<string, { path: Path; timer: ReturnType<typeof setTimeout> }>()

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
    const before = lit.get(key)
    clearTimeout(before?.timer)
    const darken = () => {
      lit.delete(key)
      draw()
    }
    lit.set(key, { path, timer: setTimeout(darken, LIT_MS) })
    if (!before) draw()
    if (find(map, '.pulses').children.length < MAX_PULSES) sendPulse(map, path)
  }

  return { draw, light }
}

function sendPulse(map: HTMLElement, path: Path) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const connections = connectionsOf(map).filter((connection) => isOn(path, connection))
  const isWhole = connections.some(({ store }) => store) && connections.every(({ works }) => works)
  if (!isWhole) return
  const pulse = svgPath(join(connections.map(({ line }) => line)), {})
  // With a length of 100, the offsets are percentages.
  pulse.setAttribute('pathLength', '100')
  find(map, '.pulses').append(pulse)
  const move = [{ strokeDashoffset: 4 }, { strokeDashoffset: -100 }]
  pulse.animate(move, { duration: PULSE_MS, easing: 'ease-in-out' }).finished.then(() => pulse.remove())
}

function svgPath(line: string, data: Record<string, string | boolean | undefined>): SVGPathElement {
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', line)
  for (const [key, value] of Object.entries(data)) if (value !== undefined) path.dataset[key] = String(value)
  return path
}
