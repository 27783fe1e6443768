import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { anchorsOf, blocksOf, codeSpansOf, FILES, PAGES, read } from './markdown.ts'

const SOURCES = FILES.filter((file) => !/\.(md|png|patch)$|\.test\.ts$|package-lock/.test(file)).map(read)
const SCRIPTS = Object.keys(JSON.parse(read('package.json')).scripts)
const SERVICES = FILES.filter((file) => /^(ops\/)?[\w.]+\.yaml$/.test(file)).flatMap((file) =>
  [...(read(file).match(/^services:\n(^( .*)?\n)*/m)?.[0] ?? '').matchAll(/^ {2}(\w+):/gm)].map(
    ([, name]) => name,
  ),
)
// Not ours, or made by a command or by an exercise.
const OTHER_PATHS =
  /^(ghcr\.io|application|exercise|secrets\/(production|tls))\/|node_modules|3_notes\.sql|^\.\/data|start\.sh$|guestbook/
const OTHER_NAMES = ['process_resident_memory_bytes', 'DOCKER_HOST', 'POSTGRES_HOST_AUTH_METHOD']

/** Whether this is the path of a file or folder, or the end of one, as seen from a page. */
function isPath(path: string, page: string): boolean {
  return [path, posix.join(posix.dirname(page), path)].some((each) =>
    FILES.some((file) => `/${file}/`.includes(`/${posix.normalize(each).replace(/\/$/, '')}/`)),
  )
}

/** Whether a link leads to a file, and its anchor to a heading or to lines of it. */
function isTarget(target: string, page: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path ? posix.join(posix.dirname(page), path).replace(/\/$/, '') : page
  if (!FILES.some((each) => each === file || each.startsWith(`${file}/`))) return false
  const lines = anchor?.match(/^L(\d+)(?:-L(\d+))?$/)
  if (lines) return Number(lines[2] ?? lines[1]) < read(file).split('\n').length
  return anchor === undefined || anchorsOf(read(file)).includes(anchor)
}

/** The services that a command of Docker Compose names. */
function servicesIn(code: string): string[] {
  const commands =
    /docker compose (?:-\S+ \S+ )*(exec|run|build|kill|logs|pause|ps|restart|start|stop|top|unpause|up)\b([^\n|;&#)]*)/g
  return [...code.matchAll(commands)].flatMap(([, command = '', rest = '']) => {
    const names = rest.replaceAll(/--(entrypoint|user|format) \S+/g, '').match(/(?<= )[a-z]+(?= |=|$)/g) ?? []
    return ['exec', 'run'].includes(command) ? names.slice(0, 1) : names
  })
}

/** What a page names that does not exist. */
function mistakesIn(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, a, b]) => a ?? b ?? '',
  )
  const code = [
    ...codeSpansOf(text),
    ...blocksOf(text).flatMap((block) => (block.language === 'sh' ? [block.text] : [])),
  ].join('\n')
  const match = (pattern: RegExp) => [...code.matchAll(pattern)].map(([, found = '']) => found)
  const paths = match(
    /(?<![^\s"'`([=])((?:[\w.-]+\/)+[\w.-]*|[\w.-]+\.(?:ts|mjs|lua|sql|sh|ya?ml|json|conf|md))(?![^\s"'`:,)\]])/g,
  )
  const names = match(
    /(?<![\w.])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?:visits|redis|postgres|http|process)_[a-z_]+)\b/g,
  )
  const wrong = {
    'no file for the link': links.filter((link) => !/^\w+:/.test(link) && !isTarget(link, page)),
    'no file': paths.filter((path) => !OTHER_PATHS.test(path) && !isPath(path, page)),
    'no npm script': match(/npm run ([\w:-]+)/g).filter((name) => !SCRIPTS.includes(name)),
    'no service': servicesIn(code).filter((name) => !SERVICES.includes(name)),
    'no variable or metric': names.filter((name) => !isName(name)),
  }
  return Object.entries(wrong).flatMap(([what, all]) => all.map((each) => `${what}: ${each}`))
}

/** Whether one of our sources has this name. The parts of a histogram have longer ones. */
function isName(name: string): boolean {
  const short = name.replace(/_(count|bucket|sum)$/, '')
  return (
    OTHER_NAMES.includes(name) ||
    SOURCES.some((source) => new RegExp(`\\b(${name}|${short})\\b`).test(source))
  )
}

test.each(PAGES)('%s names only what exists', (page) => {
  expect(mistakesIn(page, read(page))).toEqual([])
})

test('a mistake of each kind is found', () => {
  const page = `
# A heading
[link](no.md) [anchor](#no) [lines](counter.md#L1000)
\`backend/src/no.ts\`, \`no.lua\`, \`npm run no\`, \`docker compose logs -f no\`, \`NO_PORT=1\`, \`visits_no_total\`
`
  expect(mistakesIn('docs/page.md', page)).toEqual([
    'no file for the link: no.md',
    'no file for the link: #no',
    'no file for the link: counter.md#L1000',
    'no file: backend/src/no.ts',
    'no file: no.lua',
    'no npm script: no',
    'no service: no',
    'no variable or metric: NO_PORT',
    'no variable or metric: visits_no_total',
  ])
})
