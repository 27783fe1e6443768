import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

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
