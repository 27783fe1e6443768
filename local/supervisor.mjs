// Runs one command for start.ts and ends it when start.ts is gone: a process that was killed with `kill -9`
// can't stop its children any more, but the channel to it closes. Plain JavaScript, to start at once.
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true })

child.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
child.on('exit', (code) => process.exit(code ?? 1))

for (const order of ['message', 'SIGTERM']) process.on(order, () => child.kill('SIGTERM'))
process.on('disconnect', () => child.kill('SIGKILL'))
// Gone already, while this file was being loaded.
if (!process.connected) child.kill('SIGKILL')
