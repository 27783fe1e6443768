/** `12,345 ms`; `–` where nothing was measured. */
export function show(number: number, digits = 0, unit = ''): string {
  if (Number.isNaN(number)) return '–'
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return `${number.toLocaleString('en', options)}${unit}`
}

/** Rows under a head, in Markdown; the first column is text, the others are numbers. */
export function table(head: string, rows: string[][]): string {
  const columns = head.split('|').length
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`)
  return [`| ${head} |`, `|---|${'--:|'.repeat(columns - 1)}`, ...lines].join('\n')
}
