// For `npm run bench`: the least that Node can do, an HTTP server that answers a constant.
import { createServer } from 'node:http'
import { hostname } from 'node:os'

const answer = JSON.stringify({ count: 42, source: 'redis', servedByHost: hostname() })
createServer((_request, response) => {
  response.writeHead(201, { 'Content-Type': 'application/json' }).end(answer)
}).listen(3000)
process.on('SIGTERM', () => process.exit(0))
