import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createTintype } from 'tintype'

const samples = fileURLToPath(new URL('../../samples', import.meta.url))

const tintype = await createTintype({
  source: { file: { root: process.argv[2] ?? samples } },
  // Strangers reach this server: pictures are made in processes of their own, which may hang or crash without harm to it.
  render: { form: 'pool' },
})

const server = createServer((request, response) => {
  if (request.url?.startsWith('/i/')) {
    tintype.listener(request, response)
    return
  }
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end('<!doctype html><title>Pictures</title><img src="/i/landscape.jpg?w=640" alt="A landscape">')
})

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`http://localhost:${server.address().port}/`))

process.on('SIGTERM', () => {
  server.close(async () => {
    await tintype.close()
    process.exit(0)
  })
})
