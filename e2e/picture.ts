// npm run picture: takes the pictures of the page in README.
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchBrowser, openPage } from './browser.ts'
import { PROD, REPOSITORY, startStack } from './compose.ts'

const SIZE = { width: 1280, height: 720 }
const FRONTEND = join(REPOSITORY, 'frontend')
/** Where the state of the page that the pictures show is written down. */
export const SHOWN = join(REPOSITORY, 'docs/page.sha256')

/** A hash of everything that decides how the page looks. */
export async function hashOfPage(): Promise<string> {
  const sources = await readdir(join(FRONTEND, 'src'), { recursive: true })
  const files = [
    'index.html',
    ...sources.filter((name) => /\.(css|ts)$/.test(name)).map((name) => join('src', name)),
  ]
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(await readFile(join(FRONTEND, file)))
  return hash.digest('hex')
}

async function takePictures(): Promise<void> {
  const stack = await startStack(PROD, ['--build', '--scale', 'backend=3'])
  const browser = await launchBrowser()
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: SIZE, reducedMotion: 'reduce' })
      await openPage(page, stack.url)
      await page.locator('[data-component="backend"][data-state="up"]').nth(2).waitFor()
      await page.screenshot({ path: join(REPOSITORY, `docs/page-${colorScheme}.png`) })
      await page.close()
    }
  } finally {
    await browser.close()
    await stack.remove()
  }
  await writeFile(SHOWN, `${await hashOfPage()}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await takePictures()
