import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder for one test, removed after it. Windows frees the files of an ended process a bit later. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'visit-counter-test-'))
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }))
  return folder
}
