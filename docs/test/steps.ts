/** A command that a page tells its reader to run. */
export interface Step {
  command: string
  /** It runs until someone presses Ctrl-C. */
  background: boolean
  /** Why it is not run. */
  skip?: string
  /** Texts that it prints, in which … stands for anything. */
  prints: string[]
}

const UNIT =
  /^<!-- run: also: (?<also>[^\n]*) -->$|(?<comments>(?:^<!-- run: [^\n]* -->\n+)*)(?:^```(?<language>sh|text)\n(?<block>.*?)^```$|(?<table>(?:^\|[^\n]*\|\n)+))/gms

/**
 * The commands of a page, in its order: its `sh` blocks, and what a table has in a column named "command". A `text` block
 * is what the block before it prints. Comments, before a block or a table or in its row, say more: `run: background`,
 * `run: skip: why`, `run: expect: what it prints`. And `run: also: …` is a command that the page does not show.
 */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = []
  for (const { groups = {} } of page.matchAll(UNIT)) {
    const { also, comments = '', language, block = '', table } = groups
    if (also) steps.push(step(also, ''))
    else if (table) steps.push(...commandsIn(table).map(([command, row]) => step(command, comments + row)))
    else if (language === 'sh') {
      // Commands that end with Ctrl-C are run one by one.
      const commands = comments.includes('run: background') ? block.trim().split('\n') : [block.trim()]
      steps.push(...commands.map((command) => step(command, comments)))
    } else steps.at(-1)?.prints.push(...block.split('\n').filter(Boolean))
  }
  return steps
}

function step(command: string, comments: string): Step {
  const all = [...comments.matchAll(/<!-- run: (.*?) -->/g)].map(([, comment = '']) => comment)
  const [skip] = valuesOf('skip', all)
  return { command, background: all.includes('background'), skip, prints: valuesOf('expect', all) }
}

function valuesOf(name: string, comments: string[]): string[] {
  return comments.filter((each) => each.startsWith(`${name}: `)).map((each) => each.slice(name.length + 2))
}

/** The commands of a table, each with its row. */
function commandsIn(table: string): [command: string, row: string][] {
  const [head = '', , ...rows] = table.trim().split('\n')
  const column = head.split(/ *\| */).indexOf('command')
  return rows.flatMap((row) => {
    const cell = row.split(/(?<!\\) *\| */)[column] ?? ''
    return [...cell.matchAll(/`([^`]+)`/g)]
      .slice(0, 1)
      .map(([, command = '']): [string, string] => [command, row])
  })
}
