import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hashOfPage, SHOWN } from './picture.ts'

test('the pictures in README show the page as it is now; if not: npm run picture', async () => {
  expect(readFileSync(SHOWN, 'utf8').trim()).toBe(await hashOfPage())
})
