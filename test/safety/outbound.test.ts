import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gives, openScriptedOrigin, redirects, type ScriptedOrigin } from './origin.ts'
import { openServer, type Server } from './server.ts'

/** Where an original may come from: the real server, in a network that answers names as a table says and leads to one origin. */

type Vector = { readonly url: string; readonly resolves_to?: readonly string[]; readonly allowed: boolean; readonly why: string }
type Fact = { readonly lookup?: string; readonly dial?: string; readonly port?: number }

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const vectorFile = here('../vectors/ssrf.json')
const vectors: readonly Vector[] = JSON.parse(readFileSync(vectorFile, 'utf8'))

let picture: Buffer
let origin: ScriptedOrigin
let server: Server
let folder: string
const table: Record<string, readonly (readonly string[])[]> = {}
let read = 0

const name = (host: string, ...answers: readonly (readonly string[])[]): void => {
  table[host] = answers
  writeFileSync(join(folder, 'names.json'), JSON.stringify(table))
}
/** What went out since the last time. */
const facts = (): readonly Fact[] => {
  const lines = readFileSync(join(folder, 'record'), 'utf8').split('\n').filter(Boolean)
  const fresh = lines.slice(read)
  read = lines.length
  return fresh.map((line) => JSON.parse(line))
}
const dialled = (): readonly string[] => facts().flatMap(({ dial }) => (dial === undefined ? [] : [dial]))
const fetching = (url: string): string => `/i?url=${encodeURIComponent(url)}&w=10`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tintype-network-'))
  writeFileSync(join(folder, 'record'), '')
  writeFileSync(join(folder, 'names.json'), '{}')
  picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#369' } })
    .png()
    .toBuffer()
  origin = await openScriptedOrigin()
  server = await openServer({
    TINTYPE_SOURCE_HTTP_ANY: 'yes',
    NODE_OPTIONS: `--import=${pathToFileURL(here('fake-network.mjs')).href}`,
    FAKE_NETWORK: JSON.stringify({ names: join(folder, 'names.json'), port: origin.port, record: join(folder, 'record') }),
  })
})
afterAll(async () => {
  await server.stop()
  await origin.close()
  rmSync(folder, { recursive: true })
})

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '')

describe('addresses', () => {
  it.each(vectors)(
    'check 1: $url, $why: allowed is $allowed, and nothing else is dialled',
    async ({ url, resolves_to: answers, allowed }) => {
      const host = hostOf(url)
      if (host !== '') name(host, answers ?? ['93.184.215.14'])
      const path = URL.canParse(url) ? new URL(url).pathname : '/'
      origin.script(path, gives(picture, { connection: 'close' }))
      facts()
      const { status, body } = await server.get(fetching(url))
      const out = facts()
      if (allowed) {
        const dials = out.flatMap(({ dial }) => (dial === undefined ? [] : [dial]))
        // The origin speaks no TLS: behind https it is reached, and not understood.
        expect(status, body.toString()).toBe(/^https:/i.test(url) ? 502 : 200)
        expect(dials).not.toEqual([])
        for (const dial of dials) expect(isIP(host) === 0 ? answers : [host]).toContain(dial)
        expect(new Set(out.flatMap(({ lookup }) => (lookup === undefined ? [] : [lookup])))).toEqual(
          new Set(isIP(host) === 0 ? [host] : []),
        )
      } else if (/^https?:\/[^/]/i.test(url)) {
        // Keys put back the slash that proxies fold away, so what is fetched is another URL than this one: it is under the same rules.
        for (const { dial = '93.184.215.14' } of out) expect(dial).toBe('93.184.215.14')
      } else {
        // What is no URL at all is a bad request, or a path in a folder that there is not; a name without addresses cannot be reached.
        expect([400, 403, ...(answers?.length === 0 ? [502] : []), ...(/^https?:\/\//i.test(url) ? [] : [404])]).toContain(status)
        expect(out.filter(({ dial }) => dial !== undefined)).toEqual([])
        if (answers === undefined) expect(out).toEqual([])
      }
    },
  )

  it('check 2: a name that answers otherwise the second time is asked once, and reached at its first address alone', async () => {
    const canary = await openScriptedOrigin()
    try {
      name('rebind.example.com', ['93.184.215.14'], ['127.0.0.1'])
      origin.script('/rebind.png', gives(picture, { connection: 'close' }))
      facts()
      const url = `http://rebind.example.com:${canary.port}`
      expect((await server.get(fetching(`${url}/rebind.png`))).status).toBe(200)
      expect(facts()).toEqual([{ lookup: 'rebind.example.com' }, { dial: '93.184.215.14', port: canary.port }])
      // The next fetch, of another picture, asks anew, and is refused.
      expect((await server.get(fetching(`${url}/other.png`))).status).toBe(403)
      expect(facts()).toEqual([{ lookup: 'rebind.example.com' }])
      expect([canary.requests.length, canary.sockets.size]).toEqual([0, 0])
    } finally {
      await canary.close()
    }
  })

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://inside.example.com/latest/meta-data/',
    'http://127.0.0.1:25/',
  ])('check 3: a redirect to %s is refused before anything is dialled, and not told of', async (target) => {
    name('outside.example.com', ['93.184.215.14'])
    name('inside.example.com', ['93.184.215.14', '169.254.169.254'])
    const path = `/to-${encodeURIComponent(target).replace(/%/g, '')}`
    origin.script(path, redirects(target))
    origin.script('/latest/meta-data/', gives('ami-id instance-id'))
    facts()
    const { status, body, headers } = await server.get(fetching(`http://outside.example.com${path}`))
    expect(status).toBe(403)
    expect(dialled().filter((address) => address !== '93.184.215.14')).toEqual([])
    expect(origin.hits('/latest/meta-data/')).toBe(0)
    expect(body.toString()).not.toMatch(/169\.254|fd00|127\.0\.0|ami-id|meta-data/)
    expect(headers['cache-control']).toBe('no-store')
  })

  it.each([
    'file:///etc/passwd',
    'ftp://outside.example.com/a.png',
    'gopher://outside.example.com/',
    'data:image/png;base64,AAAA',
    'http:\\\\outside.example.com/',
  ])('check 3: a redirect to %s leads nowhere', async (target) => {
    name('outside.example.com', ['93.184.215.14'])
    const path = `/to-${encodeURIComponent(target).replace(/%/g, '')}`
    origin.script(path, redirects(target))
    const { status, body } = await server.get(fetching(`http://outside.example.com${path}`))
    expect([status, JSON.parse(body.toString()).code]).toEqual([502, 'origin-redirects'])
    expect(dialled().filter((address) => address !== '93.184.215.14')).toEqual([])
  })

  it('check 4: an origin that redirects to itself is asked four times, and given up within a second', async () => {
    name('loop.example.com', ['93.184.215.14'])
    origin.script('/loop', redirects('/loop'))
    const { status, ms } = await server.get(fetching('http://loop.example.com/loop'))
    expect(status).toBe(502)
    expect(ms).toBeLessThan(1000)
    expect(origin.hits('/loop')).toBe(4)
  })
})

describe('the command', () => {
  const ssrf = (file: string): { status: number | null; stdout: string } =>
    spawnSync(process.execPath, [here('../../scripts/ssrf.mjs'), file], { encoding: 'utf8' })

  it('check 1: npm run ssrf goes through a file of vectors', () => {
    const { status, stdout } = ssrf(vectorFile)
    expect(stdout.trimEnd()).toBe(`${vectors.length} passed, 0 failed`)
    expect(status).toBe(0)
  })

  it('check 1: npm run ssrf tells of every vector that does not hold', () => {
    const wrong = [
      { url: 'http://8.8.8.8/a.jpg', allowed: false, why: 'public' },
      { url: 'http://10.0.0.1/a.jpg', allowed: true, why: 'private' },
      { url: 'http://name.example/a.jpg', resolves_to: ['93.184.215.14', '10.0.0.1'], allowed: true, why: 'mixed' },
      { url: 'http://name.example/a.jpg', resolves_to: ['93.184.215.14'], allowed: true, why: 'fine' },
    ]
    const file = join(folder, 'wrong.json')
    writeFileSync(file, JSON.stringify(wrong))
    const { status, stdout } = ssrf(file)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toContain('http://8.8.8.8/a.jpg')
    expect(lines[2]).toContain('mixed')
    expect(lines[3]).toBe('1 passed, 3 failed')
    expect(status).toBe(1)
  })

  it('check 1: npm run ssrf refuses what is no file of vectors', () => {
    for (const file of [join(folder, 'gone.json'), join(folder, 'names.json')]) expect(ssrf(file).status).toBe(2)
  })
})
