import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { Refusal } from './refusal.ts'

// As in project.patch.
const PROJECT = 'visit-counter-workshop'

/** A Refusal if Compose would not use the workshop's own project, whose volumes may be deleted. */
export function requireOwnProject(): void {
  for (const name of ['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME']) {
    if (process.env[name]) throw new Refusal(`${name} is set, perhaps in .env. The exercises need it unset.`)
  }
}

/** Removes the exercises' containers and volumes; those of any other project stay. */
export async function removeContainers(): Promise<void> {
  const args = ['compose', '--project-name', PROJECT, 'down', '--remove-orphans', '--volumes']
  // Where no Compose file is, since a learner's may be broken. Without Docker, there is nothing to remove.
  await promisify(execFile)('docker', args, { cwd: tmpdir() }).catch(() => {})
}
