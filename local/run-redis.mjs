// Runs Redis, and kills it when the channel to `npm start` closes, even by `kill -9`. Nothing is lost: Redis
// writes each change to its file before it answers.
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
const redis = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true })
redis.on('exit', (code) => process.exit(code ?? 0))
process.on('disconnect', () => redis.kill('SIGKILL'))
if (!process.connected) redis.kill('SIGKILL')
