import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { serverFields } from '../../src/config/server-fields.ts'
import { Failure } from '../../src/errors.ts'
import { type Listening, type ListenSettings, listen, nodeListener } from '../../src/runtimes/node.ts'
import type { Answer, Ask } from '../../src/service/ask.ts'
import { runtimeContract } from '../contracts/runtime.ts'
import { readAnswer, sendBytes, sendRaw } from './raw-http.ts'

const plain: ListenSettings = {
  ...(Object.fromEntries(Object.entries(serverFields).map(([name, field]) => [name, field.fallback])) as ListenSettings),
  port: 0,
}

const opened: Listening[] = []
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())))

/** A server with a service that answers as `handle` does. */
async function serve(
  handle: (ask: Ask) => Promise<Answer>,
  settings: Partial<ListenSettings> = {},
): Promise<Listening & { drained(): boolean }> {
  let drained = false
  const service = {
    handle,
    drain: () => {
      drained = true
    },
  }
  const listening = await listen(service, { ...plain, drainSeconds: 1, ...settings })
  opened.push(listening)
  return { ...listening, drained: () => drained }
}

const answer = (text: string, headers: Readonly<Record<string, string>> = {}): Answer => ({ status: 200, headers, body: Buffer.from(text) })

runtimeContract(
  'node',
  async (service, sent) => {
    const listening = await listen({ ...service, drain: () => {} }, { ...plain, drainSeconds: 0 })
    try {
      return await sendRaw(listening.port, sent)
    } finally {
      await listening.close()
    }
  },
  { raw: true },
)

describe('a request that is none', () => {
  it.each([
    ['GET /i/a b HTTP/1.1\r\n\r\n', 400, 'request-malformed'],
    ['nonsense\r\n\r\n', 400, 'request-malformed'],
    ['GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400, 'request-malformed'],
    [`GET /i/${'a'.repeat(20_000)}`, 414, 'url-too-long'],
    [`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ])('is answered: %.60j', async (text, status, code) => {
    const { port } = await serve(async () => answer('x'))
    const got = readAnswer(await sendBytes(port, text))
    expect(got.headers['x-request-id']).toBe(JSON.parse(got.body.toString()).request)
    expect(got).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', connection: 'close' },
    })
    expect(JSON.parse(got.body.toString())).toMatchObject({ code, status })
    expect(got.headers['content-length']).toBe(String(got.body.length))
  })

  it('that does not end in time is answered', { timeout: 10_000 }, async () => {
    const { port } = await serve(async () => answer('x'), { headerSeconds: 1 })
    const got = readAnswer(await sendBytes(port, 'GET / HTTP/1.1\r\nHost: a\r\n'))
    expect([got.status, JSON.parse(got.body.toString()).code]).toEqual([408, 'request-slow'])
  })

  it('is told to the service with its code and its client, but not who hung up or asked nothing', { timeout: 10_000 }, async () => {
    const unread: unknown[] = []
    const service = {
      handle: async () => answer('x'),
      drain: () => {},
      unread: (failure: Failure, sent: { id: string; bytes: number } | undefined, client: string | undefined) =>
        unread.push([failure.code, sent?.id, sent?.bytes, client]),
    }
    const listening = await listen(service, { ...plain, drainSeconds: 1, headerSeconds: 1 })
    opened.push(listening)
    const got = readAnswer(await sendBytes(listening.port, 'nonsense\r\n\r\n'))
    expect(unread).toEqual([['request-malformed', got.headers['x-request-id'], got.body.length, '127.0.0.1']])
    await sendBytes(listening.port, '') // until the server has had enough of it
    const left = connect(listening.port, '127.0.0.1', () => left.write('GET / HT', () => left.resetAndDestroy()))
    await new Promise((resolve) => left.on('close', resolve))
    await sendBytes(listening.port, 'GET / HTTP/1.1\r\n')
    expect(unread.slice(1)).toMatchObject([['request-slow', expect.any(String), expect.any(Number), '127.0.0.1']])
  })

  it('is not answered in the place of another answer, nor in its middle', async () => {
    const { port } = await serve(async () => answer('x'.repeat(20_000_000)))
    const together = await sendBytes(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n')
    expect(together.toString('latin1')).not.toContain('HTTP/1.1 400')
    const pieces: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.pause()
      socket.write('nonsense\r\n\r\n')
      setTimeout(() => socket.resume(), 200)
    })
    socket.on('data', (piece) => pieces.push(piece))
    await new Promise((resolve) => socket.on('close', resolve))
    expect(Buffer.concat(pieces).toString('latin1')).toMatch(/^HTTP\/1\.1 200/)
    expect(Buffer.concat(pieces).toString('latin1')).not.toContain('HTTP/1.1 400')
  })

  it('is answered behind an answer that is whole', async () => {
    const { port } = await serve(async () => answer('first'))
    const pieces: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.once('data', () => setTimeout(() => socket.write('nonsense\r\n\r\n'), 50))
    socket.on('data', (piece) => pieces.push(piece))
    await new Promise((resolve) => socket.on('close', resolve))
    expect(Buffer.concat(pieces).toString('latin1')).toMatch(/firstHTTP\/1\.1 400/)
  })
})

describe('a body', () => {
  it('is read over when it is small, and the connection serves on', async () => {
    const { port } = await serve(async ({ target }) => answer(target))
    const first = 'PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello'
    const bytes = await sendBytes(port, `${first}GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(bytes.toString()).toMatch(/\/aHTTP\/1\.1 200 OK[\s\S]*\/b$/)
  })

  it.each(['Content-Length: 100000', 'Transfer-Encoding: chunked'])(
    'that is large or without length ends the connection: %s',
    async (header) => {
      const { port } = await serve(async () => answer('x'))
      const got = readAnswer(await sendBytes(port, `POST / HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`))
      expect(got).toMatchObject({ status: 200, headers: { connection: 'close' } })
    },
  )

  it('that waits for a word first is not asked for', async () => {
    const { port } = await serve(async () => answer('x'))
    const bytes = await sendBytes(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n')
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 200/)
  })
})

describe('a body that the service asks for', () => {
  const reading = (settings: Partial<ListenSettings> = {}, mostBytes = 1000, seconds = 5) =>
    serve(async ({ body, signal }) => {
      const whole = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)])
      const got = await body?.(mostBytes, whole).catch((thrown: Error) => thrown)
      const why = got instanceof Failure ? got.code : got instanceof Error ? got.name : 'no body'
      return answer(got instanceof Buffer ? `got ${got}` : `failed: ${why}`)
    }, settings)

  it.each([
    ['in pieces', 'Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'],
    ['as one', 'Content-Length: 5\r\n\r\nhello'],
  ])('comes whole %s, and the connection serves on', async (_, text) => {
    const { port } = await reading()
    const bytes = await sendBytes(port, `POST /a HTTP/1.1\r\nHost: a\r\n${text}GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(bytes.toString()).toMatch(/got helloHTTP\/1\.1 200 OK[\s\S]*failed/)
  })

  it('is called for where the client waits for that', async () => {
    const { port } = await reading()
    const pieces: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n'),
    )
    socket.on('data', (piece) => {
      if (pieces.length === 0) socket.write('hello')
      pieces.push(piece)
    })
    await new Promise((resolve) => socket.on('close', resolve))
    expect(Buffer.concat(pieces).toString()).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*got hello$/)
  })

  it('and that is said to be too large is not called for, and what follows is no request', async () => {
    const { port } = await reading()
    const head = 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n'
    const text = (await sendBytes(port, `${head}GET /b HTTP/1.1\r\nHost: a\r\n\r\n`)).toString()
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*connection: close[\s\S]*failed: upload-too-large$/)
  })

  it.each(['fixed', 'chunked'])('and that is too large is answered while it is sent, and the answer arrives: %s', async (form) => {
    const { port } = await reading({}, 100_000)
    const many = 20_000_000
    const head = form === 'fixed' ? `Content-Length: ${many}\r\n\r\n` : `Transfer-Encoding: chunked\r\n\r\n${many.toString(16)}\r\n`
    const got = readAnswer(await sendBytes(port, `POST / HTTP/1.1\r\nHost: a\r\n${head}${'x'.repeat(many)}\r\n0\r\n\r\n`))
    expect(got).toMatchObject({ status: 200, headers: { connection: 'close' } })
    expect(got.body.toString()).toBe('failed: upload-too-large')
  })

  it('and that does not end is given up in time', { timeout: 10_000 }, async () => {
    const { port } = await reading({}, 1000, 0.3)
    const began = performance.now()
    const got = readAnswer(await sendBytes(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhel'))
    expect(got.body.toString()).toBe('failed: TimeoutError')
    expect(performance.now() - began).toBeLessThan(4000)
  })

  it('and whose client leaves is told to the service', async () => {
    const left = new Promise<string>((resolve) => {
      void serve(async ({ body, signal }) => {
        await body?.(1000, signal).catch((thrown: { code?: string }) => resolve(thrown.code ?? 'none'))
        return answer('x')
      }).then(({ port }) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhel')
          setTimeout(() => socket.destroy(), 50)
        })
      })
    })
    expect(await left).toBe('client-gone')
  })
})

describe('a client', () => {
  it('that takes nothing of its answer is cut off', { timeout: 10_000 }, async () => {
    const { port } = await serve(async () => ({ status: 200, headers: {}, body: Buffer.alloc(50_000_000) }), { stallSeconds: 1 })
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.on('error', () => {})
    let taken = 0
    socket.on('data', (piece) => {
      taken += piece.length
    })
    socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 3500))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.resume()
    await closed
    expect(taken).toBeLessThan(50_000_000)
  })

  it('that takes its answer slowly, but takes it, gets all of it', { timeout: 20_000 }, async () => {
    const { port } = await serve(async () => ({ status: 200, headers: {}, body: Buffer.alloc(12_000_000) }), { stallSeconds: 1 })
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))
    let taken = 0
    socket.on('data', (piece) => {
      taken += piece.length
      socket.pause()
      setTimeout(() => socket.resume(), 15)
    })
    await new Promise((resolve) => socket.on('close', resolve))
    expect(taken).toBeGreaterThan(12_000_000)
  })

  it('keeps its connection while it asks', async () => {
    const { port } = await serve(async ({ target }) => answer(target))
    const bytes = await sendBytes(port, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(bytes.toString().match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })
})

describe('a service that fails', () => {
  it.each([
    ['rejects', async () => Promise.reject(new Error('secret reason'))],
    ['answers what no header can hold', async () => answer('x', { 'x-bad': 'a\r\nb: c' })],
  ])('and %s is a 500 that tells nothing', async (_, handle: () => Promise<Answer>) => {
    const { port } = await serve(handle)
    const got = await sendRaw(port, { target: '/' })
    expect(got.status).toBe(500)
    expect(got.body.toString()).not.toMatch(/secret reason/)
    expect(got.headers).not.toHaveProperty('b')
  })
})

it('lives on when an answer at hand is what no header can hold', async () => {
  const bad = answer('x', { 'x-bad': 'a\r\nb: c' })
  const service = { handle: async () => bad, atHand: () => bad, drain: () => {} }
  const listening = await listen(service, { ...plain, drainSeconds: 0 })
  opened.push(listening)
  for (let times = 0; times < 2; times++) expect((await sendRaw(listening.port, { target: '/' })).status).toBe(500)
})

describe('the end', () => {
  it('lets running requests finish, takes no more, and closes idle connections', async () => {
    let finish: (() => void) | undefined
    const handle = (): Promise<Answer> =>
      new Promise((resolve) => {
        finish = () => resolve(answer('done'))
      })
    const server = await serve(handle, { drainSeconds: 10 })
    const idle = connect(server.port, '127.0.0.1')
    const running = sendBytes(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => finish).toBeDefined()
    const began = Date.now()
    const closed = server.close()
    expect(server.drained()).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await expect(sendBytes(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).rejects.toThrow(/ECONNREFUSED/)
    finish?.()
    const got = readAnswer(await running)
    expect([got.body.toString(), got.headers.connection]).toEqual(['done', 'close'])
    await closed
    expect(Date.now() - began).toBeLessThan(5000)
    idle.destroy()
  })

  it('still answers during the lag, and asks to close', async () => {
    const server = await serve(async () => answer('x'), { lagSeconds: 1 })
    const closed = server.close()
    expect((await sendRaw(server.port, { target: '/' })).headers.connection).toBe('close')
    await closed
  })

  it('cuts what takes too long', { timeout: 8000 }, async () => {
    const server = await serve(() => new Promise(() => {}), { drainSeconds: 1 })
    const running = sendBytes(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await server.close()
    expect((await running.catch(() => Buffer.alloc(0))).length).toBe(0)
  })
})

describe('an address', () => {
  it('that is taken or not there stops the start, by name', async () => {
    const { port } = await serve(async () => answer('x'))
    await expect(serve(async () => answer('x'), { port })).rejects.toMatchObject({
      code: 'setting-invalid',
      detail: { parameter: 'server.port' },
    })
    const nowhere = serve(async () => answer('x'), { host: '203.0.113.7' })
    await expect(nowhere).rejects.toMatchObject({ code: 'setting-invalid', detail: { parameter: 'server.host' } })
  })

  it('is told as it can be opened', async () => {
    const { url, port } = await serve(async () => answer('x'))
    expect(url).toBe(`http://localhost:${port}`)
  })
})

it('fits into any server of node:http', async () => {
  const server = createServer(nodeListener({ handle: async ({ target, client }) => answer(`${target} ${client}`) }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const got = await sendRaw((server.address() as AddressInfo).port, { target: '/a', headers: [['X-Forwarded-For', '6.6.6.6']] })
  expect(got.body.toString()).toBe('/a 127.0.0.1')
  server.close()
})
