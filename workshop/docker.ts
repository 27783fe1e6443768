import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { Refusal } from './refusal.ts'

// As in project.patch.
const EXERCISES = 'visit-counter-workshop'

/** A Refusal if Compose would not use the workshop's own project, whose volumes may be deleted. */
export function requireOwnProject(): void {
  for (const name of ['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME']) {
    if (process.env[name]) throw new Refusal(`${name} is set, perhaps in .env. The exercises need it unset.`)
  }
}

/** Removes a project's containers, networks and volumes, and the images that were built for it. */
export async function removeProject(project = EXERCISES): Promise<void> {
  const args = [
    'compose',
    '--project-name',
    project,
    'down',
    '--remove-orphans',
    '--volumes',
    '--rmi',
    'local',
  ]
  // Where no Compose file is, since a learner's may be broken. Without Docker, there is nothing to remove.
  await promisify(execFile)('docker', args, { cwd: tmpdir() }).catch(() => {})
}
