// The same bytes from a bare server, with the headers that any image needs; 304 to whoever has them.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const body = readFileSync(process.argv[2] ?? '')
const kept = { etag: '"bare"', 'cache-control': 'public, max-age=3600' }
const headers = { 'content-type': 'image/jpeg', 'content-length': body.length, ...kept }
const server = createServer(({ headers: { 'if-none-match': known } }, response) =>
  known === '"bare"' ? response.writeHead(304, kept).end() : response.writeHead(200, headers).end(body),
)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
