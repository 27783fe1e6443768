import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { PAGES, REPOSITORY, read } from './markdown.ts'

// A block of code that directly follows a line with a link to lines of a file.
const QUOTATION = /(\]\()([^)#\n]+)#L(\d+)(?:-L\d+)?(\)[^\n]*\n\n```\w*\n)(.*?)(?=^```$)/gms

/** The page with each link to a quotation's lines as they are numbered now; throws when a file no longer has them. */
function withCurrentLines(page: string): string {
  return read(page).replaceAll(QUOTATION, (_all, start, path, first, end, quoted) => {
    const file = posix.join(posix.dirname(page), path)
    const lines = read(file).split('\n')
    const length = quoted.split('\n').length - 1
    const at = (index: number) => unindent(lines.slice(index, index + length)) === quoted.trimEnd()
    const found = [Number(first) - 1, ...lines.keys()].find(at)
    if (found === undefined) throw new Error(`${file} has changed. Quote it again in ${page}:\n${quoted}`)
    const last = length > 1 ? `-L${found + length}` : ''
    return `${start}${path}#L${found + 1}${last}${end}${quoted}`
  })
}

/** The lines without the indentation that all of them share. */
function unindent(lines: string[]): string {
  const indent = Math.min(...lines.filter(Boolean).map((line) => line.search(/\S/)))
  return lines.map((line) => line.slice(indent)).join('\n')
}

// Where only the numbers have changed: npm run test:docs -- -u
test.each(PAGES)('%s quotes what is in the files', async (page) => {
  await expect(withCurrentLines(page)).toMatchFileSnapshot(`${REPOSITORY}${page}`)
})
