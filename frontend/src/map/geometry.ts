/** Where an element is on the map, in pixels; x and y are its middle. */
interface Box {
  left: number
  top: number
  right: number
  bottom: number
  x: number
  y: number
}

/** The distance of two lines that run side by side, and the radius of their corners, in pixels. */
const LANE = 9
const RADIUS = 8

/** The place of an element on the map. */
export function boxOf(element: HTMLElement): Box {
  const origin = element.closest('.map')?.getBoundingClientRect() ?? new DOMRect()
  const { left, top, right, bottom } = element.getBoundingClientRect()
  return {
    left: left - origin.left,
    top: top - origin.top,
    right: right - origin.left,
    bottom: bottom - origin.top,
    x: (left + right) / 2 - origin.left,
    y: (top + bottom) / 2 - origin.top,
  }
}

/** A smooth line from the right side of a box to the left side of another. */
export function across(from: Box, to: Box): string {
  const bend = (from.right + to.left) / 2
  return `M${from.right} ${from.y}C${bend} ${from.y} ${bend} ${to.y} ${to.left} ${to.y}`
}

/** A straight line down from a box to the one below it. */
export function down(from: Box, to: Box): string {
  return `M${to.x} ${from.bottom}V${to.top}`
}

/** A line down from a box and, with a round corner, into the left side of one that is further in. */
export function downInto(from: Box, to: Box): string {
  const x = (from.left + to.left) / 2
  return `M${x} ${from.bottom}V${to.y - RADIUS}Q${x} ${to.y} ${x + RADIUS} ${to.y}H${to.left}`
}

/** A line out of the right side of a box, down beside the column, and into the right side of another, in the first or the second lane. */
export function around(from: Box, to: Box, lane: number): string {
  const x = from.right + LANE * lane
  // The line that goes further out starts further up: so the two of a box do not cross.
  const y = from.y + LANE * (1.5 - lane)
  return (
    `M${from.right} ${y}H${x - RADIUS}Q${x} ${y} ${x} ${y + RADIUS}` +
    `V${to.y - RADIUS}Q${x} ${to.y} ${x - RADIUS} ${to.y}H${to.right}`
  )
}

/** One line out of several that follow each other; the components hide where it runs through them. */
export function join(lines: string[]): string {
  return lines.map((line, index) => (index === 0 ? line : line.replace('M', 'L'))).join('')
}
