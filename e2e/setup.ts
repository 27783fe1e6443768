import { findBrowser } from './browser.ts'
import { compose, PROD } from './compose.ts'

/** Says in one line what is missing, and builds production's images once for all tests. */
export default async function setup() {
  await compose(['version']).catch(() => {
    throw new Error('`docker compose` does not run here: install Docker and start it.')
  })
  await compose(['ls']).catch(() => {
    throw new Error('The Docker engine does not answer: start it.')
  })
  findBrowser()
  console.log('Building the images…')
  await compose([...PROD, 'build'])
}
