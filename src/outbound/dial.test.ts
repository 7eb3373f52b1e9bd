import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeNetwork } from '../../test/fake-network.ts'
import { openBlocks } from './address.ts'
import { type Dialling, guardedConnector } from './dial.ts'

const server = createServer()
const sockets: Socket[] = []
let connections = 0
let port = 0

beforeEach(async () => {
  connections = 0
  server.on('connection', (socket) => {
    connections++
    sockets.push(socket.on('error', () => {}).resume())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.removeAllListeners('connection')
  await new Promise((closed) => server.close(closed))
})

/** What comes of dialling a host: the socket's other end, or the code of the failure. */
function dial(hostname: string, dialling: Partial<Dialling>, protocol = 'http:'): Promise<string | undefined> {
  const connect = guardedConnector({ open: [], dnsSeconds: 10, connectSeconds: 10, build: buildConnector, ...dialling })
  const options: buildConnector.Options = { hostname, host: hostname, protocol, port: String(port) }
  return new Promise((resolve) => {
    connect(options, (...[error, socket]) => {
      resolve(error === null ? socket.remoteAddress : 'code' in error ? String(error.code) : error.message)
      socket?.destroy()
    })
  })
}
const loopback = openBlocks(['127.0.0.0/8'])
const answering = (addresses: readonly string[]) => ({ resolve: async () => addresses })

describe('guardedConnector, on real sockets', () => {
  it('reaches an opened address by name and by number', async () => {
    expect(await dial('name.test', { open: loopback, ...answering(['127.0.0.1']) })).toBe('127.0.0.1')
    expect(await dial('127.0.0.1', { open: loopback })).toBe('127.0.0.1')
  })

  it.each(['127.0.0.1', '[::1]', '::1', '[::ffff:127.0.0.1]', '0.0.0.0', '::ffff:7f00:1'])(
    'does not dial the literal %s',
    async (literal) => {
      expect(await dial(literal, {})).toBe('address-forbidden')
      expect(connections).toBe(0)
    },
  )

  it.each([[['127.0.0.1']], [['127.0.0.1', '10.0.0.1']], [['10.0.0.1', '127.0.0.1']], [['127.0.0.1', 'not-an-address']]])(
    'does not dial a name with the answers %j',
    async (addresses) => {
      const open = addresses.length === 1 ? [] : loopback
      expect(await dial('name.test', { open, ...answering(addresses) })).toBe('address-forbidden')
      expect(connections).toBe(0)
    },
  )

  it('tries the next checked address when the first does not answer', async () => {
    expect(await dial('name.test', { open: loopback, ...answering(['127.0.0.2', '127.0.0.1']) })).toBe('127.0.0.1')
  })

  it('says that a name does not exist, and that a port does not answer', async () => {
    expect(await dial('name.test', answering([]))).toBe('origin-unreachable')
    expect(await dial('name.test', { resolve: () => Promise.reject(new Error('ENOTFOUND')) })).toBe('origin-unreachable')
    expect(await dial('127.0.0.2', { open: loopback })).toBe('origin-unreachable')
  })

  it('does not wait for a resolver that does not answer', async () => {
    expect(await dial('name.test', { dnsSeconds: 0.05, resolve: () => new Promise(() => {}) })).toBe('source-timeout')
  })

  it.each(['127.0.0.1', 'name.test'])('does not wait for a handshake that does not end: %s', async (host) => {
    expect(await dial(host, { open: loopback, connectSeconds: 0.05, ...answering(['127.0.0.1']) }, 'https:')).toBe('source-timeout')
    await expect.poll(() => sockets.every((socket) => socket.destroyed || socket.readableEnded)).toBe(true)
    expect(connections).toBe(1)
  })
})

it('gives up a socket that has reached another address than it should', async () => {
  const network = fakeNetwork({ 'name.test': [['93.184.215.14']] }, port, '127.0.0.1')
  expect(await dial('name.test', network)).toBe('address-forbidden')
  await expect.poll(() => sockets.every((socket) => socket.destroyed || socket.readableEnded)).toBe(true)
})
