import type { Status, TimedVisit } from '../api.ts'
import { find, setText } from '../dom.ts'
import type { Outage } from '../poll.ts'
import { afterOutage, afterStatus, type System, UNKNOWN_SYSTEM } from '../system.ts'
import { showComponents } from './components.ts'
import { describeSystem, isOut } from './describe.ts'
import { createDrawing } from './drawing.ts'

/** Shows the components of the system and how visits move through them. */
export function createMap(section: HTMLElement) {
  const drawing = createDrawing(section)
  let system = UNKNOWN_SYSTEM

  function show(next: System) {
    system = next
    showComponents(section, system)
    drawing.draw()
    setText(find(section, '#system'), describeSystem(system))
    find(section, '#remedy').hidden = !isOut(system)
  }

  show(system)
  new ResizeObserver(drawing.draw).observe(find(section, '.map'))

  return {
    showVisit(visit: TimedVisit) {
      drawing.light(visit)
    },
    showStatus(status: Status) {
      show(afterStatus(system, status, performance.now()))
    },
    showOutage(outage: Outage) {
      show(afterOutage(system, outage, performance.now()))
    },
  }
}
