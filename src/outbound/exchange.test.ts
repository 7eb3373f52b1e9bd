import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { Agent } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { exchange, type Sending } from './exchange.ts'

const live = new AbortController().signal
const limits = { maxBytes: 1000, firstByteSeconds: 1, bodySeconds: 1, minBytesPerSecond: 0 }

describe('an exchange that is no plain GET', () => {
  let agent: Agent
  let server: Server
  let answer: RequestListener
  let got: { method?: string | undefined; length?: string | undefined; body: string }
  beforeEach(async () => {
    agent = new Agent()
    server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      got = { method: request.method, length: request.headers['content-length'], body }
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    await agent.destroy()
    server.closeAllConnections()
    server.close()
  })
  const ask = (sending: Sending) =>
    exchange(agent, new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), [], limits, live, sending)

  it.each([
    ['PUT', 'body', '4'],
    ['PUT', '', '0'],
    ['POST', 'body', '4'],
    ['DELETE', undefined, undefined],
  ] as const)('sends %s with %j', async (method, body, length) => {
    answer = (_, response) => response.writeHead(200).end('fine')
    const sent = body === undefined ? {} : { body: Buffer.from(body) }
    expect(await ask({ method, ...sent })).toMatchObject({ status: 200, body: Buffer.from('fine') })
    expect(got).toMatchObject({ method, body: body ?? '' })
    expect(got.length).toBe(length)
  })

  it('takes the head of an answer to HEAD, whatever length it tells', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-length': '5000', 'content-encoding': 'zstd' }).end()
    expect(await ask({ method: 'HEAD', reasonBytes: 100 })).toMatchObject({ status: 200, headers: { 'content-length': '5000' } })
  })

  it('takes 206 for an answer only where a range is asked for', async () => {
    answer = (_, response) => response.writeHead(206).end('part')
    expect(await ask({ ranged: true })).toMatchObject({ status: 206, body: Buffer.from('part') })
    expect(await ask({})).toMatchObject({ status: 206, body: Buffer.alloc(0) })
  })

  it('reads no body before there is room for it, and none that is refused', async () => {
    const big = Buffer.alloc(900, 'x')
    answer = (_, response) => response.writeHead(200, { 'content-length': '900' }).end(big)
    const wanted: number[] = []
    let make: (refused?: Failure) => void = () => {}
    const room = (bytes: number): Promise<Failure | undefined> => {
      wanted.push(bytes)
      return new Promise((resolve) => {
        make = resolve
      })
    }
    let over = false
    const waiting = ask({ room }).finally(() => {
      over = true
    })
    await new Promise((resolve) => setTimeout(resolve, 1200)) // longer than the body may take: that time has not begun
    expect([wanted, over]).toEqual([[900], false])
    make()
    expect(await waiting).toMatchObject({ status: 200, body: big })

    const refusal = new Failure('overloaded', 'No room.')
    expect(await ask({ room: async () => refusal })).toBe(refusal)
    // Nobody knows how long these are: they may be as large as any.
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'))
    expect(await ask({ room: async (bytes) => void wanted.push(bytes) })).toMatchObject({ body: Buffer.from('x') })
    answer = (_, response) => response.writeHead(200).end('x')
    expect(await ask({ room: async (bytes) => void wanted.push(bytes) })).toMatchObject({ body: Buffer.from('x') })
    expect(wanted).toEqual([900, 1000, 1000])
  })

  it('reads why it was refused, as far as was asked', async () => {
    answer = (_, response) => response.writeHead(403).end('because')
    expect(await ask({ reasonBytes: 100 })).toMatchObject({ status: 403, body: Buffer.from('because') })
    expect(await ask({ reasonBytes: 3 })).toMatchObject({ status: 403, body: Buffer.from('bec') })
    expect(await ask({})).toMatchObject({ status: 403, body: Buffer.alloc(0) })
    answer = (_, response) => response.writeHead(204).end()
    expect(await ask({ reasonBytes: 100 })).toMatchObject({ status: 204, body: Buffer.alloc(0) })
  })

  it('knows the status although the reason breaks off, or never ends', async () => {
    answer = (_, response) => {
      response.writeHead(503, { 'content-length': '100' }).write('beca')
      setTimeout(() => response.destroy(), 20)
    }
    expect(await ask({ reasonBytes: 100 })).toMatchObject({ status: 503, body: Buffer.from('beca') })
    answer = (_, response) => void response.writeHead(503, { 'content-length': '100' }).write('beca')
    const late = await ask({ reasonBytes: 100 })
    expect(late).toBeInstanceOf(Failure)
    expect(late).toMatchObject({ code: 'source-timeout' })
  })
})
