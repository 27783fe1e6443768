/** A container's name is its id; twelve characters of it tell containers apart. */
export function shortHost(host: string): string {
  return host.slice(0, 12)
}

/** A time as people read it: the faster, the finer. */
export function formatMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString()} ms`
}

/** A number with its noun: "1 visit", "2 visits". */
export function amount(number: number, noun: string): string {
  return `${number.toLocaleString()} ${noun}${number === 1 ? '' : 's'}`
}
