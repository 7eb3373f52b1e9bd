import { connect } from 'node:tls'
import { shapeOf } from '../../../pixels/picture-size.ts'
import { type Reply, type Site, send } from './site.ts'

/** One thing that a deployment must do. What `run` gives back is a note for the line; what it throws is what is wrong. */
export type Check = {
  readonly group: string
  readonly name: string
  /** Why it does not apply to this service. */
  skip?(site: Site): string | undefined
  run(site: Site, signal: AbortSignal): Promise<string>
}

/** What is wrong. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Wrong(otherwise)
}

const formats = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const

/** Classes of clients, and the formats that may be made for each. */
const clients = [
  ['takes nothing newer', '*/*', ['jpeg', 'png', 'gif']],
  ['takes WebP', 'image/webp,*/*', ['webp']],
  ['takes AVIF', 'image/avif,*/*', ['avif']],
  ['takes both', 'image/avif,image/webp,*/*', ['avif', 'webp']],
] as const

export const checks: readonly Check[] = [
  ...['/health', '/ready'].map((path) => ({
    group: 'service',
    name: path,
    run: async ({ ask }: Site) => {
      const { status } = await ask(path)
      expect(status === 200, `answered ${status}`)
      return ''
    },
  })),
  {
    group: 'service',
    name: '/formats',
    async run({ ask }) {
      const reply = await ask('/formats')
      const { write = [] } = json(reply) as { readonly write?: readonly string[] }
      expect(write.length > 0, 'names no format that is written')
      return write.join(' ')
    },
  },
  ...formats.map(
    (format): Check => ({
      group: 'pictures',
      name: format,
      skip: ({ write }) => (write === undefined || write.includes(format) ? undefined : 'it is switched off'),
      run: async ({ picture }) => {
        const reply = await picture(`w=64&f=${format}`)
        const { width, height } = pictureOf(reply, [format])
        expect(width === 64, `is ${width} px wide, not 64`)
        return `${width} × ${height}, ${reply.body.length} bytes`
      },
    }),
  ),
  ...clients.map(
    ([name, accept, allowed]): Check => ({
      group: 'pictures',
      name: `to who ${name}`,
      run: async ({ picture, write }) => {
        const reply = await picture('w=72', { headers: { accept } })
        const made = allowed.filter((format) => write === undefined || write.includes(format))
        const { format } = pictureOf(reply, made.length > 0 ? made : formats)
        expect(/\baccept\b/i.test(String(reply.headers.vary)), 'Vary does not name Accept: caches would mix clients up')
        return format
      },
    }),
  ),
  {
    group: 'pictures',
    name: 'size and shape as asked',
    async run({ picture }) {
      const { width, height } = pictureOf(await picture('w=40&h=30&fit=cover'), formats)
      expect(width === 40 && height === 30, `is ${width} × ${height}, not 40 × 30`)
      return '40 × 30'
    },
  },
  {
    group: 'answers',
    name: 'HEAD as GET',
    async run({ picture }) {
      const [get, head] = [await picture('w=64&f=jpeg'), await picture('w=64&f=jpeg', { method: 'HEAD' })]
      expect(head.status === get.status && head.body.length === 0, `answered ${head.status} with ${head.body.length} bytes`)
      for (const name of ['etag', 'content-type', 'content-length', 'cache-control'] as const) {
        expect(head.headers[name] === get.headers[name], `${name}: ${head.headers[name]} in place of ${get.headers[name]}`)
      }
      return ''
    },
  },
  {
    group: 'answers',
    name: '304 for who has it',
    async run({ picture }) {
      const { etag } = (await picture('w=64&f=jpeg')).headers
      expect(etag !== undefined, 'there is no ETag')
      const { status, body } = await picture('w=64&f=jpeg', { headers: { 'if-none-match': etag } })
      expect(status === 304 && body.length === 0, `answered ${status} with ${body.length} bytes`)
      return etag
    },
  },
  {
    group: 'answers',
    name: 'the same again, from a cache',
    async run({ picture }) {
      const first = await picture('w=88&f=jpeg')
      const second = await picture('w=88&f=jpeg')
      expect(first.headers.etag === second.headers.etag, `the ETag changed from ${first.headers.etag} to ${second.headers.etag}`)
      expect(first.body.equals(second.body), 'the bytes changed')
      const { age, 'x-cache': cache, 'cache-status': status } = second.headers
      const told = [cache, status, age === undefined ? undefined : `age ${age}`].filter((each) => each !== undefined).join(', ')
      return `${time(first.milliseconds)}, then ${time(second.milliseconds)}${told === '' ? '' : ` (${told})`}`
    },
  },
  {
    group: 'answers',
    name: 'may be kept',
    async run({ picture }) {
      const control = (await picture('w=64&f=jpeg')).headers['cache-control'] ?? ''
      expect(/(?:max-age|s-maxage)=[1-9]/.test(control), `Cache-Control is "${control}"`)
      return control
    },
  },
  {
    group: 'answers',
    name: 'headers for safety',
    async run({ picture }) {
      const { headers } = await picture('w=64&f=jpeg')
      expect(headers['x-content-type-options'] === 'nosniff', 'X-Content-Type-Options is not nosniff')
      expect(/sandbox|default-src 'none'/.test(String(headers['content-security-policy'])), 'there is no Content-Security-Policy')
      return ''
    },
  },
  {
    group: 'answers',
    name: 'other sites may show it (CORS)',
    async run({ picture }) {
      const { headers } = await picture('w=64&f=jpeg', { headers: { origin: 'https://example.org' } })
      expect(headers['access-control-allow-origin'] === '*', `Access-Control-Allow-Origin is ${headers['access-control-allow-origin']}`)
      const options = await picture('w=64&f=jpeg', {
        method: 'OPTIONS',
        headers: { origin: 'https://example.org', 'access-control-request-method': 'GET' },
      })
      expect(options.status === 204 || options.status === 200, `OPTIONS answered ${options.status}`)
      expect(/GET/.test(String(options.headers['access-control-allow-methods'])), 'OPTIONS allows no GET')
      return ''
    },
  },
  {
    group: 'errors',
    name: 'an unknown parameter',
    skip: ({ signed }) => (signed ? 'nobody can sign one' : undefined),
    async run({ target, ask }) {
      const { nearest } = problem(await ask(target('widht=64')), 400)
      expect(nearest === 'width', `names "${nearest}" as the nearest, not "width"`)
      return 'names "width"'
    },
  },
  {
    group: 'errors',
    name: 'a size beyond the limits',
    skip: ({ signed }) => (signed ? 'nobody can sign one' : undefined),
    async run({ target, ask }) {
      return String(problem(await ask(target('w=100000')), 400).code)
    },
  },
  {
    group: 'errors',
    name: 'a picture that is not there',
    async run({ target, ask }) {
      const reply = await ask(target('w=64', 'no-such-picture-7f3a.jpg'))
      // Who may not list a bucket is told 403 of what is not in it.
      return String(problem(reply, reply.status === 403 ? 403 : 404).code)
    },
  },
  {
    group: 'errors',
    name: 'another method',
    async run({ picture }) {
      const { status } = await picture('w=64', { method: 'POST' })
      expect(status === 405 || status === 403, `POST answered ${status}`) // 403: CloudFront's own
      return String(status)
    },
  },
  {
    group: 'access',
    name: 'unsigned is refused',
    skip: ({ signed }) => (signed ? undefined : 'no keys given (TINTYPE_KEYS): URLs are taken as they are'),
    async run({ target, ask }) {
      const { status } = await ask(target('w=65').replace(/&s=[^&]*/, ''))
      expect(status === 403, `answered ${status}, not 403`)
      return '403'
    },
  },
  {
    group: 'access',
    name: 'a wrong signature is refused',
    skip: ({ signed }) => (signed ? undefined : 'no keys given'),
    async run({ target, ask }) {
      const { status } = await ask(target('w=65').replace(/&s=[^&]*/, `&s=${'A'.repeat(43)}`))
      expect(status === 403, `answered ${status}, not 403`)
      return '403'
    },
  },
  {
    group: 'access',
    name: 'http leads to https',
    skip: ({ base }) => (base.protocol === 'https:' ? undefined : 'the address is http'),
    async run({ base, target }, signal) {
      const path = target('w=64&f=jpeg')
      const { status, headers } = await send(new URL(`http://${base.hostname}`), path, {}, signal)
      expect([301, 302, 307, 308].includes(status) && headers.location?.startsWith('https://') === true, `http answered ${status}`)
      return String(status)
    },
  },
  {
    group: 'access',
    name: 'HTTP/2',
    skip: ({ base }) => (base.protocol === 'https:' ? undefined : 'the address is http'),
    async run({ base }, signal) {
      const spoken = await protocolOf(base, signal)
      expect(spoken === 'h2', `speaks ${spoken}: browsers fetch many pictures at once much faster over HTTP/2`)
      return spoken
    },
  },
]

/** The picture in an answer: its type is that of its bytes, and one of those allowed. */
function pictureOf(reply: Reply, allowed: readonly string[]): { readonly format: string; readonly width: number; readonly height: number } {
  if (reply.status !== 200) throw new Wrong(`answered ${reply.status}${detailOf(reply)}`)
  const shape = shapeOf(reply.body)
  expect(shape !== undefined, `${reply.body.length} bytes that are no picture`)
  expect(allowed.includes(shape.format), `is ${shape.format}, not ${allowed.join(' or ')}`)
  const type = reply.headers['content-type']
  expect(type === `image/${shape.format}`, `is ${shape.format} by its bytes, but Content-Type says ${type}`)
  expect(reply.headers['content-length'] === undefined || Number(reply.headers['content-length']) === reply.body.length, 'is cut short')
  return shape
}

/** An error as problem details, with the status that it should have. */
function problem(reply: Reply, status: number): { readonly code?: unknown; readonly nearest?: unknown } {
  expect(reply.status === status, `answered ${reply.status}, not ${status}${detailOf(reply)}`)
  expect(
    /^application\/problem\+json/.test(reply.headers['content-type'] ?? ''),
    `is ${reply.headers['content-type']}, not problem details`,
  )
  expect(reply.headers['x-content-type-options'] === 'nosniff', 'X-Content-Type-Options is not nosniff')
  const read = json(reply) as { readonly code?: unknown; readonly nearest?: unknown }
  expect(typeof read.code === 'string', 'has no code')
  return read
}

function json({ status, body }: Reply): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new Wrong(`answered ${status} with no JSON`)
  }
}

/** What the service itself says is wrong. */
function detailOf({ body }: Reply): string {
  const [, detail] = /"detail":\s*"((?:[^"\\]|\\.)*)"/.exec(body.subarray(0, 4000).toString()) ?? []
  return detail === undefined ? '' : `: ${detail}`
}

export function time(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

/** What a server would rather speak. */
function protocolOf({ hostname, port }: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 443), servername: hostname, ALPNProtocols: ['h2', 'http/1.1'] })
    socket.setTimeout(10_000, () => socket.destroy(new Error('did not answer')))
    signal.addEventListener('abort', () => socket.destroy(new Error('did not answer')), { once: true })
    socket.on('secureConnect', () => {
      resolve(socket.alpnProtocol || 'http/1.1')
      socket.destroy()
    })
    socket.on('error', reject)
  })
}
