import { find } from '../dom.ts'
import type { Observation } from './memory.ts'
import { loadProgress, NO_PROGRESS, observe, saveProgress } from './progress.ts'
import { listExercises, say, showProgress } from './show.ts'

/** Shows the exercises, and checks off those that an observation completes. */
export function createExercises(section: HTMLElement) {
  let progress = loadProgress()

  listExercises(section)
  showProgress(section, progress)
  find(section, '#reset-exercises').addEventListener('click', () => {
    progress = NO_PROGRESS
    saveProgress(progress)
    showProgress(section, progress)
    say(section, 'All exercises are open again.')
  })

  return {
    observe(seen: Observation) {
      progress = observe(progress, seen)
      saveProgress(progress)
      showProgress(section, progress)
    },
  }
}
