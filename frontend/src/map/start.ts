import type { Status } from '../api.ts'
import { find } from '../dom.ts'
import { formatMs, shortHost } from '../format.ts'
import type { Outage } from '../poll.ts'
import type { TimedVisit } from '../record.ts'
import { afterOutage, afterStatus, type System, unknownSystem } from '../system.ts'
import { storeNames } from '../visit.ts'
import { describeChanges } from './changes.ts'
import { lightWay, placeWays } from './light.ts'
import { drawLinks } from './links.ts'
import { showParts } from './parts.ts'

/** Shows the map and keeps it up to date with what it is told. */
export function startMap(section: HTMLElement) {
  let system = unknownSystem
  /** A visit that was answered before the map knew that its way is open. */
  let early: TimedVisit | undefined

  function show(next: System) {
    const changes = describeChanges(system, next)
    if (changes) find(section, '#changes').textContent = changes
    system = next
    showParts(section, system)
    draw()
  }

  function draw() {
    drawLinks(section)
    placeWays(section)
  }

  function showVisit(visit: TimedVisit) {
    early = lightWay(section, visit) ? undefined : visit
  }

  new ResizeObserver(draw).observe(find(section, '.map'))

  return {
    showVisit,
    /** Says in words which way a visit took. */
    describeVisit({ count, servedByHost, source, ms }: TimedVisit) {
      find(section, '#way').textContent =
        `Visit ${count.toLocaleString()} went through backend ${shortHost(servedByHost)} ` +
        `and was counted in ${storeNames[source]} in ${formatMs(ms)}.`
    },
    describeFailure() {
      find(section, '#way').textContent = 'Your visit was not counted.'
    },
    showStatus(status: Status) {
      show(afterStatus(system, status, performance.now()))
      if (early) showVisit(early)
    },
    showOutage(outage: Outage) {
      early = undefined
      show(afterOutage(system, outage, performance.now()))
    },
  }
}
