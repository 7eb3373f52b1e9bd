import { expect, it } from 'vitest'
import { toFetch } from '../../src/runtimes/fetch.ts'
import { runtimeContract } from '../contracts/runtime.ts'

runtimeContract(
  'fetch',
  async (service, { method = 'GET', target, headers = [], signal, body }) => {
    const given = new Headers()
    for (const [name, value] of headers) given.append(name, value)
    const request = new Request(`https://img.example:8443${target}`, {
      method,
      headers: given,
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    })
    const response = await toFetch(service)(request)
    return { status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) }
  },
  { raw: false },
)

it('leaves the fragment out, and fills an empty path', async () => {
  const targets: string[] = []
  const fetchIt = toFetch({
    handle: async ({ target }) => {
      targets.push(target)
      return { status: 204, headers: {} }
    },
  })
  for (const url of ['http://h/a?b#c', 'http://h/a#c?d', 'http://h', 'http://h?a=b']) await fetchIt(new Request(url))
  expect(targets).toEqual(['/a?b', '/a', '/', '/?a=b'])
})

it('tells the client where the runtime knows it', async () => {
  let told: string | undefined
  const service = {
    handle: async ({ client }: { client?: string }) => {
      told = client
      return { status: 204, headers: {} }
    },
  }
  await toFetch(service, { client: (request) => request.headers.get('x-real-ip') ?? undefined })(
    new Request('http://h/', { headers: { 'x-real-ip': '1.2.3.4' } }),
  )
  expect(told).toBe('1.2.3.4')
})
