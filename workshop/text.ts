/** The first lines of an error: what the check says, without the stack. */
export function explain(message: string): string {
  return (message.split('\n    at ')[0] ?? '')
    .replace(/^\w*Error: /, '')
    .replace(' // Object.is equality', '')
    .replace('to deeply equal', 'to equal')
    .replaceAll('\n', '\n  ')
}

/** A patch the other way round, to read. */
export function reverse(patch: string): string {
  const turn = (lines: string, sign: string) => lines.replace(/^./gm, sign)
  return patch.replace(
    /((?:^-(?!-- ).*\n)*)((?:^\+(?!\+\+ ).*\n)*)/gm,
    (_, removed: string, added: string) => turn(added, '-') + turn(removed, '+'),
  )
}
