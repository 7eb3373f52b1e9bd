import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createTintype } from 'tintype'
import { pictures } from './middleware.mjs'

const samples = fileURLToPath(new URL('../../samples', import.meta.url))
const tintype = await createTintype({ source: { file: { root: process.argv[2] ?? samples } }, render: { form: 'pool' } })

// With Express: const app = express(); app.use(pictures(tintype)); app.use(hello); app.listen(3000)
const middleware = [pictures(tintype), hello]
const server = createServer((request, response) => {
  const step = (index) => middleware[index]?.(request, response, () => step(index + 1))
  step(0)
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`http://localhost:${server.address().port}/`))

function hello(_request, response) {
  response.end('hello\n')
}

process.on('SIGTERM', () => {
  server.close(async () => {
    await tintype.close()
    process.exit(0)
  })
})
