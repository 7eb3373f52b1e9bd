import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openServer, type Server } from './server.ts'

/** The sentence of a hostile key and that of a plain miss may differ in the key that they repeat, and in the id of the request. */
const sameBut = (body: Buffer): string => body.toString().replace(/"detail": ".*"|"request": ".*"/g, '"…"')

let place: string
let server: Server

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'tintype-originals-'))
  const [root, beside] = [join(place, 'root'), join(place, 'root-secret')]
  await mkdir(join(root, 'folder'), { recursive: true })
  await mkdir(beside)
  await cp('samples/logo.png', join(root, 'logo.png'))
  await cp('samples/logo.png', join(root, 'folder/inside.png'))
  await cp('samples/logo.png', join(root, '.hidden.png'))
  await cp('samples/logo.png', join(beside, 'x.png'))
  await writeFile(join(beside, 'x'), 'secret')
  const links = { 'out.png': beside, 'file-out.png': join(beside, 'x.png'), hostname: '/etc/hostname', 'to-hidden.png': '.hidden.png' }
  for (const [name, target] of Object.entries(links)) await symlink(target, join(root, name))
  await symlink('folder', join(root, 'folder-in'))
  await symlink('folder/inside.png', join(root, 'in.png'))
  await symlink(join(root, 'logo.png'), join(root, 'absolute-in.png'))
  server = await openServer({ TINTYPE_STORE_KINDS: 'memory' }, root)
})

afterAll(async () => {
  await server?.stop()
  await rm(place, { recursive: true, force: true })
})

it.each([
  ...['..%2f..%2fetc/hostname', '..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fhostname', '%2e%2e/root-secret/x', '%2e%2e%2froot-secret%2fx'],
  ...[
    '../root-secret/x',
    '..%5c..%5cetc%5chostname',
    '..\\\\..\\\\etc',
    'folder/..%2f..%2froot-secret/x.png',
    'logo.png%00',
    '%00',
    '%2fetc%2fhostname',
  ],
  ...[
    '/etc/hostname',
    '%252e%252e%252froot-secret/x',
    '..;/root-secret/x',
    '%c0%ae%c0%ae/root-secret/x',
    '.hidden.png',
    './logo.png',
    'folder',
    '',
  ],
  ...['/root-secret/x', '%2froot-secret%2fx', 'logo.png/../../root-secret/x.png', 'file:%2f%2f%2fetc%2fhostname', '~root/.profile'],
])('check 25: %j leads nowhere', async (key) => {
  const plain = await server.get('/i/no-such-original.png?w=10')
  expect(plain.status).toBe(404)
  const got = await server.get(`/i/${key}?w=10`)
  // What cannot be a key at all is told so before anything is looked for.
  expect([400, 403, 404]).toContain(got.status)
  if (got.status === 404) expect(sameBut(got.body)).toBe(sameBut(plain.body))
  else expect(JSON.parse(got.body.toString()).code).toMatch(/^(?:key-malformed|key-missing|url-malformed|source-unknown|source-forbidden)$/)
  expect(got.body.toString()).not.toMatch(/secret(?!\/)|root-secret\/x\.png.*inside/)
})

it('check 25: on the wire too, where no client mends the path', async () => {
  for (const path of ['/i/../root-secret/x.png', '/i/..\\root-secret\\x.png', '/i//root-secret/x.png', '/i/%2e%2e/%2e%2e/etc/hostname']) {
    const answer = await server.raw(`GET ${path}?w=10 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect([path, answer.split(' ')[1]]).toEqual([path, expect.stringMatching(/^40[034]$/)])
  }
})

it('check 26: a link that leads out is a plain miss, one that stays inside is followed', async () => {
  const plain = await server.get('/i/no-such-original.png?w=10')
  for (const key of ['out.png', 'out.png/x.png', 'file-out.png', 'hostname', 'to-hidden.png']) {
    const got = await server.get(`/i/${key}?w=10`)
    expect([key, got.status]).toEqual([key, 404])
    expect(sameBut(got.body)).toBe(sameBut(plain.body))
  }
  for (const key of ['in.png', 'absolute-in.png', 'folder-in/inside.png']) {
    const got = await server.get(`/i/${key}?w=10`)
    expect([key, got.status, got.headers['content-type']]).toEqual([key, 200, expect.stringMatching(/^image\//)])
  }
})
