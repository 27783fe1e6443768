/** The one of these words that was meant: it begins like what was typed, or differs in at most two letters. */
export function findMeant(typed: string, words: string[]): string | undefined {
  const beginning = words.filter((word) => word.startsWith(typed))
  if (typed && beginning.length === 1) return beginning[0]
  const near = words.map((word) => ({ word, distance: distance(typed, word) }))
  near.sort((a, b) => a.distance - b.distance)
  return near[0] && near[0].distance <= 2 ? near[0].word : undefined
}

/** How many letters have to be changed, added or removed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const [above = 0, left = 0, diagonal = 0] = [row[j + 1], next[j], row[j]]
      next.push(Math.min(above + 1, left + 1, diagonal + Number(letter !== other)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
