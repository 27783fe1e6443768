import type { Store, Visit } from '../api.ts'
import { find } from '../dom.ts'
import { across, around, boxOf, down, downInto } from './geometry.ts'

/** The backend and the store that a visit goes through. */
export type Path = Pick<Visit, 'servedByHost' | 'source'>

/** A line between two components. It is on the path of the visits to its host and its store, where it has them. */
export interface Connection {
  line: string
  kind: 'request' | 'fallback' | 'save'
  works: boolean
  host?: string | undefined
  store?: Store
}

/** The connections between the components of the map, from where these are on the screen right now. */
export function connectionsOf(map: HTMLElement): Connection[] {
  const [browser, redis, postgres] = ['browser', 'redis', 'postgres'].map((name) =>
    find(map, `[data-component="${name}"]`),
  ) as [HTMLElement, HTMLElement, HTMLElement]
  const nginx = map.querySelector<HTMLElement>('[data-component="nginx"]')
  const front = nginx ?? browser
  const backends = [...map.querySelectorAll<HTMLElement>('[data-component="backend"]')]
  const unsaved = boxOf(find(map, '#unsaved'))
  const saves = answers(redis) && answers(postgres)
  // On a narrow screen the components are below each other.
  const isColumn = boxOf(redis).left < boxOf(front).right

  const toNginx: Connection[] = nginx
    ? [
        {
          line: (isColumn ? down : across)(boxOf(browser), boxOf(nginx)),
          kind: 'request',
          works: answers(nginx),
        },
      ]
    : []
  const toBackends = backends.flatMap((backend): Connection[] => {
    const host = backend.dataset.host
    const box = boxOf(backend)
    const toStore = (store: HTMLElement, lane: number) =>
      isColumn ? around(box, boxOf(store), lane) : across(box, boxOf(store))
    return [
      {
        line: (isColumn ? downInto : across)(boxOf(front), box),
        kind: 'request',
        works: answers(front) && answers(backend),
        host,
      },
      { line: toStore(redis, 1), kind: 'request', works: reaches(backend, redis), host, store: 'redis' },
      {
        line: toStore(postgres, 2),
        kind: 'fallback',
        works: reaches(backend, postgres),
        host,
        store: 'postgres',
      },
    ]
  })
  return [
    { line: down(boxOf(redis), unsaved), kind: 'save', works: saves },
    { line: down(unsaved, boxOf(postgres)), kind: 'save', works: saves },
    ...toNginx,
    ...toBackends,
  ]
}

/** Whether a visit on this path takes the connection. */
export function isOn(
  { servedByHost, source }: Path,
  { kind, host = servedByHost, store = source }: Connection,
) {
  return kind !== 'save' && host === servedByHost && store === source
}

function answers({ dataset }: HTMLElement): boolean {
  return dataset.state === 'up' || dataset.state === 'degraded'
}

/** Whether a backend reaches a store: it is degraded because it misses one that is not up. */
function reaches(backend: HTMLElement, store: HTMLElement): boolean {
  const areBothDegraded = backend.dataset.state === 'degraded' && store.dataset.state === 'degraded'
  return answers(backend) && answers(store) && !areBothDegraded
}
