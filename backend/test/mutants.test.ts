import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { EQUIVALENT, MUTANTS } from '../mutants/list.ts'

// `npm run mutants` takes too long to run each time, so that at least its list has to fit the code.
test('every mutant changes a text that is once in its file', async () => {
  for (const { file, text } of [...MUTANTS, ...EQUIVALENT]) {
    const source = await readFile(new URL(`../src/${file}`, import.meta.url), 'utf8')
    expect(source.split(text), `${file}: ${text}`).toHaveLength(2)
  }
})
