/** What a section of the page knows of its answer. */
export type State<Answer> =
  | { status: 'loading' }
  | { status: 'loaded'; answer: Answer }
  | { status: 'failed'; message: string }

/** Shows that a request is on its way, then its answer or why there is none. */
export async function load<Answer>(request: () => Promise<Answer>, show: (state: State<Answer>) => void) {
  show({ status: 'loading' })
  const state = await request().then(
    (answer): State<Answer> => ({ status: 'loaded', answer }),
    (error: Error): State<Answer> => ({ status: 'failed', message: error.message }),
  )
  show(state)
}

/** What stands in the place of a value that is not there. */
export function placeholder(state: State<unknown>) {
  return state.status === 'loading' ? '…' : '–'
}
