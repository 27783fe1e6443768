import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { eventually } from './client.ts'

/**
 * Until when the page has to show a change. It shows it within two seconds, which frontend/test/poll.test.ts holds
 * exactly; a busy machine needs longer.
 */
export const CHANGE_LIMIT_MS = 5_000

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The path of a Chromium or Chrome on this machine. */
export function findBrowser(): string {
  const path = CANDIDATES.find((candidate) => candidate && existsSync(candidate))
  if (!path) throw new Error('No Chromium or Chrome found: install one, or set CHROMIUM_PATH.')
  return path
}

/** A headless browser that talks to nobody but the page's host. */
export function launchBrowser(...args: string[]): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox', ...quiet, ...args] })
}

/**
 * Opens the app's page and waits for the answer to its visit. Tries again: Chromium drops what it is loading when the
 * machine's network interfaces change, and each container that starts or stops changes them.
 */
export async function openPage(page: Page, url: string): Promise<void> {
  await eventually(async () => {
    await page.goto(url)
    await page.locator('#visit[aria-busy="false"]').waitFor({ timeout: 10_000 })
  }, 30_000)
}
