import { type Data, fetchData } from './api.ts'
import { showCount, shownCount } from './count.ts'
import { showData } from './data.ts'
import { find } from './dom.ts'
import { startExercises } from './exercises/start.ts'
import { addToHistory } from './history.ts'
import { showMany, visitMany } from './many.ts'
import { startMap } from './map/start.ts'
import { pollStatus } from './poll.ts'
import { record, statusIncludesVisits, type TimedVisit } from './record.ts'
import { load } from './state.ts'
import { showVisit } from './visit.ts'

const manyTimes = 100

const visitSection = find(document, '#visit')
const dataSection = find(document, '#data')
const count = find(visitSection, '#count')
const map = startMap(find(document, '#map'))
const exercises = startExercises(find(document, '#exercises'))

/** Counts a visit and shows its way. */
async function visit(): Promise<TimedVisit> {
  const answer = await record()
  addToHistory(find(document, '#history tbody'), answer)
  map.showVisit(answer)
  exercises.observe({ visit: answer })
  return answer
}

/** Counts one visit, and says in words which way it took. */
async function visitOnce() {
  await load(
    async () => {
      const answer = await visit()
      map.describeVisit(answer)
      return answer
    },
    (state) => {
      showVisit(visitSection, state)
      if (state.status === 'failed') map.describeFailure()
    },
  )
}

/** Counts many visits at the same time. */
async function visitManyTimes() {
  const many = await visitMany(manyTimes, visit)
  const newest = many.visits.reduce<TimedVisit | undefined>(
    (a, b) => (a && a.count > b.count ? a : b),
    undefined,
  )
  if (newest) showVisit(visitSection, { status: 'loaded', answer: newest })
  showMany(find(visitSection, '#many-result'), many)
}

async function loadData() {
  const observed = async (): Promise<Data> => {
    const data = await fetchData()
    exercises.observe({ data })
    return data
  }
  await load(observed, (state) => showData(dataSection, state))
}

/** Does something at a press of a button, but not again while it is being done. */
function onPress(button: HTMLElement, action: () => Promise<void>) {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return
    // Unlike `disabled`, this keeps the keyboard focus on the button.
    button.setAttribute('aria-disabled', 'true')
    await action()
    button.setAttribute('aria-disabled', 'false')
  })
}

onPress(find(visitSection, '#visit-again'), visitOnce)
onPress(find(visitSection, '#visit-many'), visitManyTimes)
onPress(find(dataSection, '#load-data'), loadData)
find(visitSection, '#try-again').addEventListener('click', () => {
  // The button is about to disappear, and would take the keyboard focus with it.
  visitSection.focus()
  visitOnce()
})

pollStatus({
  onOutage(outage) {
    map.showOutage(outage)
    count.dataset.stale = 'true'
    if (outage === 'unreachable') exercises.observe({ unreachable: true })
  },
  onStatus(status) {
    map.showStatus(status)
    exercises.observe({ status })
    delete count.dataset.stale
    // While a visit of ours is being counted, an older status must not take its number back.
    const shown = shownCount(count)
    const isNewer = shown !== null && (status.visits.count ?? 0) > shown
    if (statusIncludesVisits() || isNewer) showCount(count, status.visits.count)
  },
})

visitOnce()
