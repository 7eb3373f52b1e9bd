import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { openServer, type Server } from '../safety/server.ts'

const program = fileURLToPath(new URL('../../dist/runtimes/cli/main.js', import.meta.url))
const samples = fileURLToPath(new URL('../../samples', import.meta.url))
const token = 'purge-5521-kdls-9937'
const folder = await mkdtemp(join(tmpdir(), 'tintype-listeners-'))
await cp(samples, folder, { recursive: true })
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

const opened: Server[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.stop()
})

/** A folder of our own: that of the samples would have a large picture drawn beside the test. */
async function open(settings: Readonly<Record<string, string>> = {}, count = 2): Promise<Server> {
  const server = await openServer({ TINTYPE_SERVER_LISTENERS: String(count), TINTYPE_PURGE_TOKEN: token, ...settings }, folder)
  opened.push(server)
  return server
}

/** Without /proc there is no telling who is whose child. */
const seesProcesses = process.platform === 'linux'

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').map(Number).filter(Boolean)
  } catch {
    return []
  }
}

/** Everything below a process, itself included. */
const family = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(family)]

function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The values of one count, by listener. */
async function counted(server: Server, name: string): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>()
  for (const line of (await server.get('/metrics')).body.toString().split('\n')) {
    const [, listener, value] = new RegExp(`^${name}\\{.*listener="(\\d+)".*\\} (\\S+)$`).exec(line) ?? []
    if (listener !== undefined) sums.set(listener, (sums.get(listener) ?? 0) + Number(value))
  }
  return sums
}

/** Until so many serve, as `/metrics` of any of them tells. */
async function all(server: Server, count = 2): Promise<ReadonlyMap<string, number>> {
  return expect
    .poll(() => counted(server, 'process_start_time_seconds'), { timeout: 20_000, interval: 100 })
    .toSatisfy((starts: ReadonlyMap<string, number>) => starts.size === count)
    .then(() => counted(server, 'process_start_time_seconds'))
}

describe.runIf(seesProcesses)('listeners', { timeout: 90_000 }, () => {
  test('share one port, the render processes and the words at the start; SIGTERM ends them all with 0', async () => {
    const server = await open({ TINTYPE_RENDER_PROCESSES: '3', TINTYPE_RENDER_SPARE: '1', TINTYPE_LOG_LEVEL: 'debug' })
    await all(server)
    const listeners = await server.children()
    expect(listeners).toHaveLength(2)
    // Two and one at work, and a spare one each.
    await expect.poll(() => listeners.map((pid) => childrenOf(pid).length).sort(), { timeout: 20_000 }).toEqual([2, 3])
    for (let n = 0; n < 40; n++) expect((await server.get(`/i/landscape.jpg?w=${100 + (n % 4)}`)).status).toBe(200)
    const requests = await counted(server, 'tintype_requests_total')
    expect([...requests.keys()].sort()).toEqual(['1', '2'])
    expect(Math.min(...requests.values())).toBeGreaterThan(10)
    expect(server.log().match(/answers at/g)).toHaveLength(1)
    const processes = family(server.pid)
    expect(processes).toHaveLength(1 + 2 + 5)
    const { code } = await server.stop()
    expect(code).toBe(0)
    expect(server.log().match(/Stopping/g)).toHaveLength(1)
    await expect.poll(() => processes.filter(lives), { timeout: 3000 }).toEqual([])
    // Lines of all of them, each whole.
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(lines.filter((line) => JSON.parse(line).target?.startsWith('/i/'))).toHaveLength(40)
  })

  test('one that is killed under load costs its own requests alone, and is replaced', async () => {
    const server = await open({ TINTYPE_RENDER_PROCESSES: '2', TINTYPE_RENDER_SPARE: '0' })
    const before = await all(server)
    const [, victim = 0] = await server.children()
    expect((await server.get('/i/landscape.jpg?w=300')).status).toBe(200)
    // Each on a connection of its own, which it keeps; whose it is the system tells.
    const clients = Array.from({ length: 12 }, () => new Client(server.port))
    await Promise.all(clients.map((client) => client.once('/i/landscape.jpg?w=300')))
    const ofVictim = socketsOf(victim)
    const others = clients.filter(({ localPort }) => !ofVictim.has(serverSocket(server.port, localPort)))
    expect(others.length).toBeGreaterThan(0)
    expect(others.length).toBeLessThan(clients.length)
    const running = clients.map((client) => client.run('/i/landscape.jpg?w=300'))
    await wait(500)
    const began = performance.now()
    process.kill(victim, 'SIGKILL')
    await expect.poll(async () => (await server.children()).filter((pid) => pid !== victim).length, { interval: 20 }).toBe(2)
    expect(performance.now() - began).toBeLessThan(2000)
    // Whoever comes now is served as well.
    for (let n = 0; n < 20; n++) expect((await server.get('/health')).status).toBe(200)
    await wait(500)
    for (const client of clients) client.over = true
    await Promise.all(running)
    for (const client of clients) expect(client.failed).toBe(!others.includes(client))
    expect(others.reduce((sum, { served }) => sum + served, 0)).toBeGreaterThan(50)
    const after = await all(server)
    expect([...after.keys()].sort()).toEqual(['1', '2'])
    expect([...after].filter(([listener, start]) => before.get(listener) !== start)).toHaveLength(1)
    expect(server.log()).toMatch(/A serving process ended by SIGKILL; another takes its place\./)
  })

  test('a purge reaches the memory of all', async () => {
    const server = await open({ TINTYPE_STORE_KINDS: 'memory' }, 3)
    await all(server, 3)
    const held = (): Promise<ReadonlyMap<string, number>> => counted(server, 'tintype_store_entries')
    for (let n = 0; n < 30; n++) await server.get('/i/logo.png?w=50')
    expect([...(await held()).values()]).toEqual([1, 1, 1])
    expect((await server.get('/i/logo.png', { authorization: 'Bearer wrong-wrong-wrong' }, { method: 'DELETE' })).status).toBe(403)
    expect([...(await held()).values()]).toEqual([1, 1, 1])
    const purged = await server.get('/i/logo.png', { authorization: `Bearer ${token}` }, { method: 'DELETE' })
    expect(JSON.parse(purged.body.toString())).toEqual({ key: 'logo.png', purged: 1 })
    expect([...(await held()).values()]).toEqual([0, 0, 0])
  })

  test('SIGTERM under load loses nothing that was asked', async () => {
    const server = await open({ TINTYPE_STORE_KINDS: 'memory', TINTYPE_QUEUE_WAIT_SECONDS: '30' })
    await all(server)
    const asked = Array.from({ length: 20 }, (_, n) => server.get(`/i/landscape.jpg?w=${700 + n}`))
    let answered = 0
    for (const each of asked) each.then(() => answered++).catch(() => {})
    // All have reached a serving process; most wait for a render process.
    const held = async (): Promise<number> =>
      (await server.children()).reduce((sum, pid) => sum + connectionsOf(pid, server.port), answered)
    await expect.poll(held, { interval: 10, timeout: 10_000 }).toBeGreaterThanOrEqual(20)
    expect(answered).toBeLessThan(20)
    const { code } = await server.stop()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(code).toBe(0)
  })

  test('a second signal ends all of them at once', async () => {
    const server = await open({ TINTYPE_SERVER_LAG_SECONDS: '60' })
    await all(server)
    const processes = family(server.pid)
    process.kill(server.pid, 'SIGINT')
    await expect.poll(() => server.log()).toContain('Stopping')
    const { code, ms } = await server.stop()
    expect(code).toBe(1)
    expect(ms).toBeLessThan(5000)
    await expect.poll(() => processes.filter(lives), { timeout: 5000 }).toEqual([])
  })

  test('a primary that is killed takes all along', async () => {
    const server = await open()
    await all(server)
    const processes = family(server.pid)
    expect(processes.length).toBeGreaterThan(5)
    await server.stop('SIGKILL')
    await expect.poll(() => processes.filter(lives), { timeout: 5000 }).toEqual([])
  })

  test('all of them lost at once come back at the same port', async () => {
    const server = await open()
    await all(server)
    for (const pid of await server.children()) process.kill(pid, 'SIGKILL')
    await expect
      .poll(
        () =>
          server.get('/health').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200)
    await all(server)
  })
})

describe('a start that fails', { timeout: 30_000 }, () => {
  test.each([
    ['a port that is taken', {}, /^tintype: server\.port: port \d+ of 127\.0\.0\.1 is taken/],
    [
      'a preset that asks wrongly',
      { TINTYPE_SERVER_PORT: '0', TINTYPE_PRESETS: 'thumb=widht=3' },
      /^tintype: presets: .*Did you mean "width"\?$/,
    ],
    [
      'a number that is none',
      { TINTYPE_SERVER_LISTENERS: '65' },
      /^tintype: TINTYPE_SERVER_LISTENERS: expected a whole number 1 to 64, got "65"\.$/,
    ],
  ])('is told once, and ends with 2: %s', async (_, settings, said) => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      TINTYPE_SERVER_LISTENERS: '3',
      TINTYPE_SERVER_PORT: String(port),
      TINTYPE_STORE_KINDS: 'memory',
      ...settings,
    }
    const { code, err } = await new Promise<{ code: unknown; err: string }>((resolve) => {
      execFile(process.execPath, [program, folder], { env }, (error, _out, err) => resolve({ code: error?.code ?? 0, err }))
    })
    other.close()
    const lines = err.split('\n').filter((line) => line.startsWith('tintype:'))
    expect(lines).toEqual([expect.stringMatching(said)])
    expect(err).not.toContain('answers at')
    expect(code).toBe(2)
  })
})

/** Asks again and again on one connection, until it is over or the connection breaks. */
class Client {
  over = false
  failed = false
  served = 0
  localPort = 0
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async run(path: string): Promise<void> {
    while (!this.over && !this.failed) {
      await this.once(path).then(
        (status) => {
          if (status === 200) this.served++
          else this.failed = true
        },
        () => {
          this.failed = true
        },
      )
    }
    this.#agent.destroy()
  }

  once(path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.#port, path, agent: this.#agent, timeout: 10_000 }, (answer) => {
        this.localPort = answer.socket.localPort ?? 0
        answer.resume().on('error', reject)
        answer.on('end', () => resolve(answer.statusCode))
      })
      asked.on('timeout', () => asked.destroy()).on('error', reject)
      asked.end()
    })
  }
}

const inHex = (port: number): string => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
const openSockets = (): string[][] =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))

/** The number of the socket at the server's side of a connection. */
function serverSocket(port: number, clientPort: number): string {
  return openSockets().find(([, local, remote]) => local === inHex(port) && remote === inHex(clientPort))?.[9] ?? ''
}

/** How many connections at this port a process holds; 01 is one that stands. */
function connectionsOf(pid: number, port: number): number {
  const own = socketsOf(pid)
  return openSockets().filter(([, local, , state, , , , , , inode]) => local === inHex(port) && state === '01' && own.has(inode)).length
}

function socketsOf(pid: number): ReadonlySet<string | undefined> {
  const files = readdirSync(`/proc/${pid}/fd`).map((file) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${file}`)
    } catch {
      return ''
    }
  })
  return new Set(files.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]))
}
