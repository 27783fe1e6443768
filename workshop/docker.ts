import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Removes the containers of the app in a folder, and its volumes if asked to. */
export async function composeDown(root: string, volumes: boolean): Promise<void> {
  const args = ['compose', 'down', '--remove-orphans', ...(volumes ? ['--volumes'] : [])]
  // Without Docker, or with a broken file, there is nothing to remove.
  await promisify(execFile)('docker', args, { cwd: root }).catch(() => {})
}
