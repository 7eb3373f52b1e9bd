import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server as Tcp } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Failure } from '../errors.ts'
import { openCarrier } from './carrier.ts'
import { type Answer, exchange } from './exchange.ts'

const limits = { maxBytes: 1e6, firstByteSeconds: 5, bodySeconds: 5, minBytesPerSecond: 0 }
const live = new AbortController().signal
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function listen(server: Server | Tcp): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

function carrier(idleSeconds = 5): ReturnType<typeof openCarrier> {
  const opened = openCarrier({ connectSeconds: 0.2, idleSeconds })
  ends.push(() => opened.close())
  return opened
}

/** A server, the sockets that came to it, and a way to ask it. */
async function origin(listener: RequestListener, idleSeconds?: number) {
  const sockets = new Set<unknown>()
  const server = createServer(listener)
  let open = 0
  server.on('connection', (socket) => {
    sockets.add(socket)
    open++
    socket.on('close', () => open--)
  })
  const url = new URL(`http://127.0.0.1:${await listen(server)}/a%20b?c=%2F`)
  const way = carrier(idleSeconds)
  const ask = (signal = live, sending = {}): Promise<Answer | Failure> => exchange(way, url, ['x-a', '1'], limits, signal, sending)
  return { ask, sockets, open: () => open }
}

test('carries method, path, headers and body there, and status, headers and body back', async () => {
  const { ask } = await origin(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method, url, headers } = request
    response.setHeader('x-b', '2').end(`${method} ${url} ${headers['x-a']} ${headers['content-length']} ${body}`)
  })
  const answer = await ask(live, { method: 'PUT', body: Buffer.from('hello') })
  expect(answer).toMatchObject({ status: 200, headers: { 'x-b': '2' } })
  expect((answer as Answer).body.toString()).toBe('PUT /a%20b?c=%2F 1 5 hello')
})

test('uses a connection again, and lets go of it when nobody does', async () => {
  const { ask, sockets, open } = await origin((_, response) => response.end('x'), 0.2)
  for (let n = 0; n < 5; n++) await ask()
  expect(sockets.size).toBe(1)
  await expect.poll(open, { timeout: 5000 }).toBe(0)
  expect(await ask()).toMatchObject({ status: 200 })
})

test('gives up on a place that takes the connection and never shakes hands', async () => {
  const port = await listen(createTcp(() => {}))
  const answer = await exchange(carrier(), new URL(`https://127.0.0.1:${port}/`), [], limits, live)
  expect(answer).toMatchObject({ code: 'origin-unreachable', cause: { code: 'ETIMEDOUT' } })
})

test('says that nobody is there', async () => {
  const gone = createTcp()
  const port = await listen(gone)
  await new Promise((resolve) => gone.close(resolve))
  const answer = await exchange(carrier(), new URL(`http://127.0.0.1:${port}/`), [], limits, live)
  expect(answer).toMatchObject({ code: 'origin-unreachable', cause: { code: 'ECONNREFUSED' } })
})

test('tells a cut answer from a whole one', async () => {
  const { ask } = await origin((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setTimeout(() => response.destroy(), 20)
  })
  expect(await ask()).toMatchObject({ code: 'origin-failed' })
})

test('closes the connection of who goes away in the middle of an answer', async () => {
  const { ask, open } = await origin((_, response) => {
    response.writeHead(200).write('half')
  })
  const leaving = new AbortController()
  const waiting = ask(leaving.signal)
  await expect.poll(open).toBe(1)
  leaving.abort(new Failure('client-gone', 'Gone.'))
  await expect(waiting).rejects.toMatchObject({ code: 'client-gone' })
  await expect.poll(open).toBe(0)
})

test('carries a large body whole', async () => {
  const whole = Buffer.alloc(900_000, 7)
  const { ask } = await origin((_, response) => response.end(whole))
  expect(((await ask()) as Answer).body.equals(whole)).toBe(true)
})
