import { fetchData, recordVisit } from './api.ts'
import { showData } from './data.ts'
import { find } from './dom.ts'
import { load } from './state.ts'
import { showVisit } from './visit.ts'

const visit = find(document, '#visit')
const data = find(document, '#data')
const loadDataButton = find(data, '#load-data')

/** Counts this visit and shows the result. */
function countVisit() {
  return load(recordVisit, (state) => showVisit(visit, state))
}

find(visit, '#try-again').addEventListener('click', () => {
  // The button is about to disappear, and would take the keyboard focus with it.
  visit.focus()
  countVisit()
})

loadDataButton.addEventListener('click', () => {
  if (loadDataButton.getAttribute('aria-disabled') === 'true') return
  load(fetchData, (state) => showData(data, state))
})

countVisit()
