import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
// What is installed, built or made.
const LEFT_OUT = ['node_modules', 'dist', '.git', '.env', '.local', 'production', 'tls', 'screenshots']

/** Every file of the repository. */
export const FILES = walk('')

function walk(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.includes(name))
    .flatMap((entry) => (entry.isDirectory() ? walk(`${folder}${entry.name}/`) : [`${folder}${entry.name}`]))
}

export const read = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8')

/** Every page for readers. */
const IS_PAGE = /^(?!\.github\/|starter\/files\/).*\.md$/
export const PAGES = FILES.filter((file) => IS_PAGE.test(file))

interface Block {
  language: string
  text: string
  /** The line before it that is not empty. */
  before: string
}

/** The fenced blocks of a page. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/([^\n]*)\n+^```(\w*)\n(.*?)^```$/gms)].map(
    ([, before = '', language = '', text = '']) => ({ before, language, text }),
  )
}

/** The texts in backticks, outside of blocks. */
export function codeSpansOf(page: string): string[] {
  const prose = page.replaceAll(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replaceAll(/\s+/g, ' '))
}

/** The address that GitHub gives a heading. */
export function anchorsOf(page: string): string[] {
  const headings = page.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
