import { createData } from './data.ts'
import { find } from './dom.ts'
import { createExercises } from './exercises/exercises.ts'
import { addToHistory } from './history.ts'
import { adaptToLocal, IS_LOCAL } from './local.ts'
import { createMap } from './map/map.ts'
import { pollStatus } from './poll.ts'
import { createVisits } from './visits.ts'

if (IS_LOCAL) adaptToLocal()

const map = createMap(find(document, '#map'))
const exercises = createExercises(find(document, '#exercises'))
const visits = createVisits(find(document, '#visit'), (visit) => {
  map.showVisit(visit)
  addToHistory(find(document, '#history tbody'), visit)
  exercises.observe({ visit })
})
createData(find(document, '#data'), (data) => exercises.observe({ data }))

pollStatus({
  onStatus(status) {
    visits.showStatusCount(status.visits.count)
    map.showStatus(status)
    exercises.observe({ status })
  },
  onOutage(outage) {
    visits.markStale()
    map.showOutage(outage)
    if (outage === 'unreachable') exercises.observe({ unreachable: true })
  },
})

// Opening the page is a visit.
visits.visit()
