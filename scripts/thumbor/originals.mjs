// `node scripts/thumbor/originals.mjs [--port 9000] [--corpus FOLDER]`: serves the originals of the side-by-side on loopback: those that are
// drawn at `/NAME`, the files of a corpus at `/corpus/NAME`.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { drawnOriginal } from './drawn.mjs'

/** A server of originals on loopback: `{ url, close }`. Without a corpus, its files are missing. */
export async function serveOriginals({ port = 0, corpus } = {}) {
  const server = createServer(async (request, response) => {
    const bytes = await original(decodeURIComponent(request.url.split('?')[0]), corpus)
    response.writeHead(bytes === undefined ? 404 : 200, { 'content-type': 'application/octet-stream', 'cache-control': 'max-age=3600' })
    response.end(bytes)
  })
  await new Promise((listening, failed) => server.once('error', failed).listen(port, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

async function original(path, corpus) {
  const [, file] = /^\/corpus\/([\w-]+\.\w+)$/.exec(path) ?? []
  if (file === undefined) return drawnOriginal(path.slice(1))
  return corpus === undefined ? undefined : readFile(join(corpus, file)).catch(() => undefined)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '9000' }, corpus: { type: 'string' } } })
  const { url } = await serveOriginals({ port: Number(values.port), corpus: values.corpus })
  console.log(`Originals at ${url}`)
}
