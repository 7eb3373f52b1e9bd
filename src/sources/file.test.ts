import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { sourceContract } from '../../test/contracts/source.ts'
import { Failure } from '../errors.ts'
import { isHere, readHere } from '../pixels/in-file.ts'
import { file } from './file.ts'
import type { Source, Validators } from './source.ts'

const live = new AbortController().signal
let place = ''
let root = ''

async function makePlace(): Promise<void> {
  place = await mkdtemp(join(tmpdir(), 'tintype-file-'))
  root = join(place, 'root')
  await mkdir(root)
}
const clear = () => rm(place, { recursive: true, force: true })

async function put(path: string, bytes: Buffer | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

const host = (open: (maxBytes: number) => Source) => ({
  async open(maxBytes: number) {
    await makePlace()
    return open(maxBytes)
  },
  put: (key: string, bytes: Buffer) => put(join(root, key), bytes),
  putOutside: (name: string, bytes: Buffer) => put(join(place, name), bytes),
  outside: (name: string) => readFile(join(place, name)),
  clear,
})

sourceContract(
  'file',
  host((maxBytes) => file.open({ root }, { maxBytes })),
  file.writes,
)
sourceContract('file, found and read afterwards', host(readLater), file.writes)

/** The same source as a renderer has it that reads files: each is found, then read where it lies, or else asked for. */
function readLater(maxBytes: number): Source {
  const source = file.open({ root }, { maxBytes })
  return {
    ...source,
    async get(key, known, signal, room) {
      const found = await source.find?.(key, known, signal)
      if (found === undefined) throw new Error('Expected a source that finds files.')
      if (found instanceof Failure || found.kind !== 'file') return found
      const { validators, freshness } = found
      const refused = await room?.(found.file.bytes)
      if (refused !== undefined) return refused
      const bytes = readHere(found.file)
      return bytes === undefined ? source.get(key, known, signal, room) : { kind: 'original', bytes, validators, freshness }
    },
  }
}

describe.each<[string, (maxBytes: number) => Source]>([
  ['file', (maxBytes) => file.open({ root }, { maxBytes })],
  ['file, found and read afterwards', readLater],
])('%s', (_how, open) => {
  beforeEach(makePlace)
  afterEach(clear)
  const get = (key: string, signal = live) => open(1000).get(key, undefined, signal)

  /** What a stranger sees of an answer. */
  async function seen(key: string): Promise<string> {
    const got = await get(key)
    return got instanceof Failure ? `${got.code}: ${got.message.replace(key, 'KEY')}` : got.kind
  }

  it('answers everything that it refuses as a plain miss', async () => {
    await put(join(root, 'dir/a.jpg'), 'a')
    await put(join(root, '.hidden'), 'hidden')
    await put(join(root, '.git/config'), 'hidden')
    await put(join(place, 'secret'), 'secret')
    await symlink(join(place, 'secret'), join(root, 'leads-out'))
    await symlink(place, join(root, 'folder-out'))
    await symlink('/etc/passwd', join(root, 'passwd.jpg'))
    await symlink(join(root, '.hidden'), join(root, 'to-hidden'))
    await symlink('loop', join(root, 'loop'))
    await symlink('/dev/zero', join(root, 'zero'))
    execFileSync('mkfifo', [join(root, 'pipe')])
    const plainMiss = await seen('none.jpg')
    expect(plainMiss).toBe('original-missing: There is no original "KEY".')
    const refused = [
      '.hidden',
      '.git/config',
      'dir',
      'dir/',
      '/dir/a.jpg',
      'dir//a.jpg',
      './dir/a.jpg',
      'dir/./a.jpg',
      'dir/../dir/a.jpg',
      '...',
    ]
    const links = ['leads-out', 'folder-out/secret', 'passwd.jpg', 'to-hidden', 'loop', 'zero', 'pipe']
    const strange = ['dir\\a.jpg', 'dir/a.jpg/b', 'x'.repeat(60), join(root, 'dir/a.jpg'), 'dir/a.jpg ']
    for (const key of [...refused, ...links, ...strange]) expect(await seen(key), key).toBe(plainMiss)
    for (const key of ['dir/a.jpg\0', '\0']) expect((await get(key)) as Failure).toMatchObject({ code: 'original-missing' })
    expect(await get('x'.repeat(5000))).toMatchObject({ code: 'original-missing' })
  })

  it('follows links that stay inside, and a root that is itself a link', async () => {
    await put(join(root, 'dir/a.jpg'), 'a')
    await symlink('dir/a.jpg', join(root, 'alias.jpg'))
    await symlink(root, join(place, 'link'))
    root = join(place, 'link')
    const source = open(1000)
    expect(await source.get('alias.jpg', undefined, live)).toMatchObject({ kind: 'original', bytes: Buffer.from('a') })
  })

  it('does not take a folder whose name begins with the name of the root for a part of it', async () => {
    await put(join(place, 'root-2/a.jpg'), 'a')
    await symlink(join(place, 'root-2/a.jpg'), join(root, 'a.jpg'))
    expect(await seen('a.jpg')).toContain('original-missing')
  })

  it('never gives what lies outside while links are swapped', async () => {
    await put(join(place, 'secret'), 'secret')
    await put(join(root, 'plain'), 'plain')
    await symlink(join(place, 'secret'), join(place, 'bad'))
    await put(join(place, 'good'), 'good')
    let swapping = true
    const swap = (async () => {
      while (swapping) {
        await rename(join(place, 'good'), join(root, 'a')).catch(() => {})
        await rename(join(root, 'a'), join(place, 'good')).catch(() => {})
        await rename(join(place, 'bad'), join(root, 'a')).catch(() => {})
        await rename(join(root, 'a'), join(place, 'bad')).catch(() => {})
      }
    })()
    for (let i = 0; i < 300; i++) {
      const got = await get('a')
      if (!(got instanceof Failure) && got.kind === 'original') expect(got.bytes.toString()).toBe('good')
    }
    swapping = false
    await swap
  })

  it('knows an original by its time alone when that is all the caller has', async () => {
    await put(join(root, 'a.jpg'), 'a')
    await utimes(join(root, 'a.jpg'), 1_000_000, 1_000_000)
    const source = open(1000)
    const lastModified = 'Mon, 12 Jan 1970 13:46:40 GMT'
    expect(await source.get('a.jpg', { lastModified }, live)).toMatchObject({ kind: 'unchanged', validators: { lastModified } })
    expect(await source.get('a.jpg', { lastModified, etag: '"x"' }, live)).toMatchObject({ kind: 'original', freshness: {} })
  })

  it('tells the caller a missing root apart from a missing original, and names no path', async () => {
    root = join(place, 'nowhere')
    const source = open(1000)
    const got = await source.get('a.jpg', undefined, live)
    expect(got).toMatchObject({ code: 'origin-failed' })
    expect((got as Failure).message).not.toContain(place)
    expect(await source.check(live)).toMatchObject({ ok: false })
  })
})

describe('a file that is found', () => {
  beforeEach(makePlace)
  afterEach(clear)
  const find = (key: string, known?: Validators) => file.open({ root }, { maxBytes: 1000 }).find?.(key, known, live)

  it('is told by where to find it and which version it is', async () => {
    await put(join(root, 'dir/a.jpg'), 'a')
    await symlink(join(root, 'dir/a.jpg'), join(root, 'link.jpg'))
    const found = await find('link.jpg')
    if (found === undefined || found instanceof Failure || found.kind !== 'file') throw new Error('Expected a file.')
    const { dev, ino, mtimeNs } = await stat(join(root, 'dir/a.jpg'), { bigint: true })
    const real = await realpath(root)
    expect(found.file).toEqual({
      path: join(real, 'link.jpg'),
      root: real,
      device: `${dev}`,
      inode: `${ino}`,
      modified: `${mtimeNs}`,
      bytes: 1,
    })
    expect(readHere(found.file)).toEqual(Buffer.from('a'))
    expect(await find('link.jpg', found.validators)).toMatchObject({ kind: 'unchanged' })
  })

  it.each<[string, (path: string) => Promise<void>]>([
    [
      'lies outside now, behind a link',
      async (path) => {
        await rename(path, join(place, 'a.jpg'))
        await symlink(join(place, 'a.jpg'), path)
      },
    ],
    [
      'has a hidden name now, behind a link',
      async (path) => {
        await rename(path, join(root, '.a.jpg'))
        await symlink(join(root, '.a.jpg'), path)
      },
    ],
    [
      'lies in a folder that lies outside now',
      async (path) => {
        await rename(dirname(path), join(place, 'dir'))
        await symlink(join(place, 'dir'), dirname(path))
      },
    ],
  ])('is not unchanged where it %s, and is not to be read', async (_how, withdraw) => {
    await put(join(root, 'dir/a.jpg'), 'a')
    const found = await find('dir/a.jpg')
    if (found === undefined || found instanceof Failure || found.kind !== 'file') throw new Error('Expected a file.')
    expect([await find('dir/a.jpg', found.validators), isHere(found.file)]).toMatchObject([{ kind: 'unchanged' }, true])
    await withdraw(join(root, 'dir/a.jpg'))
    expect(await find('dir/a.jpg', found.validators)).toMatchObject({ code: 'original-missing' })
    expect([isHere(found.file), readHere(found.file)]).toEqual([false, undefined])
  })

  it('comes with its version when it is another than is known', async () => {
    await put(join(root, 'a.jpg'), 'a')
    expect(await find('a.jpg', { etag: '"other"' })).toMatchObject({ kind: 'file', file: { bytes: 1 } })
  })

  it('is read at once where it says to be a drawing, and refused where it is too large', async () => {
    await put(join(root, 'a.svg'), '<svg/>')
    await put(join(root, 'a.jpg'), Buffer.alloc(1001))
    expect(await find('a.svg')).toMatchObject({ kind: 'original', bytes: Buffer.from('<svg/>') })
    const full = async (bytes: number) => new Failure('overloaded', `No room for ${bytes}.`)
    expect(await file.open({ root }, { maxBytes: 1000 }).find?.('a.svg', undefined, live, full)).toMatchObject({
      message: 'No room for 6.',
    })
    expect(await find('a.jpg')).toMatchObject({ code: 'original-too-large' })
  })

  it('is no large file to a stranger where it lies outside', async () => {
    await put(join(place, 'large'), Buffer.alloc(1001))
    await symlink(join(place, 'large'), join(root, 'a.jpg'))
    expect(await find('a.jpg')).toMatchObject({ code: 'original-missing' })
  })

  it.runIf(process.platform === 'linux')('is closed again, whatever is said of it', async () => {
    await put(join(root, 'a.jpg'), Buffer.alloc(1001))
    await put(join(root, 'b.jpg'), 'b')
    const before = (await readdir('/proc/self/fd')).length
    const { get } = file.open({ root }, { maxBytes: 1000 })
    expect(await get('a.jpg', undefined, live)).toMatchObject({ code: 'original-too-large' })
    expect(await get('b.jpg', undefined, live)).toMatchObject({ kind: 'original' })
    expect(await get('b.jpg', undefined, live, async () => new Failure('overloaded', 'Full.'))).toMatchObject({ code: 'overloaded' })
    expect((await readdir('/proc/self/fd')).length).toBe(before)
  })
})

describe('a folder that is written to', () => {
  beforeEach(makePlace)
  afterEach(clear)
  const writer = () => {
    const source = file.open({ root }, { maxBytes: 1000 })
    if (source.writer === undefined) throw new Error('Expected a writer.')
    return source.writer
  }

  it('writes through no link that leads out', async () => {
    await mkdir(join(place, 'out'))
    await put(join(place, 'secret'), 'secret')
    await symlink(join(place, 'out'), join(root, 'folder-out'))
    await symlink(join(place, 'secret'), join(root, 'leads-out'))
    expect(await writer().put('folder-out/a.jpg', Buffer.from('a'), live)).toMatchObject({ code: 'key-malformed' })
    expect(await writer().put('folder-out/deep/a.jpg', Buffer.from('a'), live)).toMatchObject({ code: 'key-malformed' })
    expect(await readdir(join(place, 'out'))).toEqual([])
    expect(await writer().has('leads-out', live)).toBe(false)
    expect(await writer().put('leads-out', Buffer.from('a'), live)).toBeUndefined()
    expect(await readFile(join(place, 'secret'), 'utf8')).toBe('secret')
    expect(await readFile(join(root, 'leads-out'), 'utf8')).toBe('a')
  })

  it.each(['.parts/a', '.hidden', 'a/.b/c', '', 'a//b', 'a/'])('has no place for %j', async (key) => {
    expect(await writer().put(key, Buffer.from('a'), live)).toMatchObject({ code: 'key-malformed' })
    expect(await writer().has(key, live)).toBe(false)
    expect(await writer().delete(key, live)).toBeUndefined()
  })

  it('does not make the folder itself', async () => {
    await rm(root, { recursive: true })
    await new Promise((resolve) => setTimeout(resolve, 1100)) // until the real path is looked at again
    expect(await writer().put('a.jpg', Buffer.from('a'), live)).toMatchObject({ code: 'origin-failed' })
  })

  it('says that a folder stands where a file should', async () => {
    await mkdir(join(root, 'a.jpg'))
    expect(await writer().put('a.jpg', Buffer.from('a'), live)).toMatchObject({ code: 'origin-failed' })
    expect(await writer().has('a.jpg', live)).toBe(false)
    expect(await readdir(join(root, '.parts'))).toEqual([])
  })

  it('shows nothing of a part that a process left behind, and removes it once it is old', async () => {
    await put(join(root, '.parts', 'left'), 'half')
    await put(join(root, '.parts', 'young'), 'half')
    await utimes(join(root, '.parts', 'left'), 1_000_000, 1_000_000)
    expect(await file.open({ root }, { maxBytes: 1000 }).get('.parts/left', undefined, live)).toMatchObject({ code: 'original-missing' })
    await writer().put('a.jpg', Buffer.from('a'), live)
    expect(await readdir(join(root, '.parts'))).toEqual(['young'])
  })

  it('leaves nothing of what was given up', async () => {
    const leaving = new AbortController()
    const writing = writer().put('a.jpg', Buffer.alloc(50_000_000), leaving.signal)
    setTimeout(() => leaving.abort(new Error('gone')), 5)
    await expect(writing).rejects.toThrow('gone')
    expect((await readdir(root)).filter((name) => name !== '.parts')).toEqual([])
    expect(await readdir(join(root, '.parts'))).toEqual([])
  })
})

test('needs a root', () => {
  expect(() => file.open({}, { maxBytes: 1 })).toThrow('root: expected')
})
