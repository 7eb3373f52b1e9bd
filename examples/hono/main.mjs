import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { createTintype } from 'tintype'

const tintype = await createTintype({ source: { file: { root: fileURLToPath(new URL('../../samples', import.meta.url)) } } })

const app = new Hono()
app.get('/', (context) => context.html('<!doctype html><title>Pictures</title><img src="/i/landscape.jpg?w=640" alt="A landscape">'))
// The raw request: Hono's own view of it has decoded the path, and a picture's key may hold encoded slashes.
app.on(['GET', 'OPTIONS'], '/i/*', (context) => tintype.fetch(context.req.raw))

export default app
