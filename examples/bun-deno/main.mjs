import { fileURLToPath } from 'node:url'
import { createTintype } from 'tintype'

const tintype = await createTintype({ source: { file: { root: fileURLToPath(new URL('../../samples', import.meta.url)) } } })

// Both take a default export of this form as a server.
export default { port: 3000, hostname: '127.0.0.1', fetch: (request) => tintype.fetch(request) }
