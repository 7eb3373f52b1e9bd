import { execFileSync } from 'node:child_process'
import { mkdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { about, call, emptyFolder, fakePool, job } from '../../test/fake-pool.ts'
import { Failure } from '../errors.ts'
import { type FileVersion, versionOf } from '../schema/file-version.ts'
import { readHere } from './in-file.ts'
import { openInProcess } from './in-process.ts'
import { BytesNeeded, type JobOriginal } from './renderer.ts'

const { signal } = new AbortController()

/** A file in a folder of its own, as a source would find it. */
function inFile(content: string | Buffer): FileVersion {
  const root = realpathSync(emptyFolder())
  const path = join(root, 'original')
  writeFileSync(path, content)
  return versionOf({ path, root }, statSync(path, { bigint: true }))
}

describe('a file is read where it is needed', () => {
  test('as long as it is the one that was found', () => {
    const file = inFile(Buffer.alloc(300_000, 'x'))
    expect(readHere(file)?.equals(Buffer.alloc(300_000, 'x'))).toBe(true)
    expect(readHere(inFile(''))).toEqual(Buffer.alloc(0))
  })

  test.each<[string, (path: string) => void]>([
    ['is gone', (path) => rmSync(path)],
    [
      'is a folder now',
      (path) => {
        rmSync(path)
        mkdirSync(path)
      },
    ],
    ['has grown', (path) => writeFileSync(path, 'longer')],
    [
      'was replaced by one of the same size and time',
      (path) => {
        const { atime, mtime } = statSync(path)
        writeFileSync(`${path}2`, 'other')
        utimesSync(`${path}2`, atime, mtime)
        renameSync(`${path}2`, path)
      },
    ],
    ['was written again', (path) => utimesSync(path, 1, 1)],
  ])('but not when it %s', (_what, change) => {
    const file = inFile('first')
    change(file.path)
    expect(readHere(file)).toBe(undefined)
  })

  test.skipIf(process.platform === 'win32')('and never waits for a FIFO that lies there instead', () => {
    const file = inFile('first')
    rmSync(file.path)
    execFileSync('mkfifo', [file.path])
    expect(readHere(file)).toBe(undefined)
  })

  test('nor when a link leads to it from outside of its root, or its own name is hidden', () => {
    const file = inFile('first')
    const other = realpathSync(emptyFolder())
    symlinkSync(file.path, join(other, 'link'))
    expect(readHere({ ...file, path: join(other, 'link') })).toEqual(Buffer.from('first'))
    expect(readHere({ ...file, path: join(other, 'link'), root: other })).toBe(undefined)
    expect(readHere({ ...file, root: `${file.root}-2` })).toBe(undefined)
    renameSync(file.path, join(file.root, '.hidden'))
    symlinkSync(join(file.root, '.hidden'), file.path)
    expect(readHere(file)).toBe(undefined)
  })

  test('and not in process, where reading it would hold up all else', async () => {
    const renderer = await openInProcess({ filters: [] })
    expect(await renderer.render(job('echo', { originals: [Buffer.from('a'), inFile('b')] }), signal)).toBeInstanceOf(BytesNeeded)
  })
})

describe('the pool', () => {
  test('lets a process read files, beside originals that come as bytes', async () => {
    const originals = [Buffer.from('a'), inFile('b'), Buffer.from('c'), inFile(Buffer.alloc(200_000, 'd'))]
    const echo = await call(await fakePool(), 'echo', { originals })
    expect(String(echo)).toBe(`abc${'d'.repeat(200_000)}`)
    expect(await (await fakePool()).inspect(job('look', { originals }), signal)).toMatchObject({ findings: { originals: 4 } })
  })

  test.each<[string, (text: string) => JobOriginal]>([
    ['from files', inFile],
    ['as bytes', (text) => Buffer.from(text)],
  ])('has originals read %s into the same memory, but not where one failed', async (_how, original) => {
    const pool = await fakePool({ processes: 1, spare: 0 })
    const keptBehind = async (name: string): Promise<string> => {
      await call(pool, name, { originals: [original('first')] })
      return String(await call(pool, 'kept', { originals: [original('other')] }))
    }
    expect(await keptBehind('keep')).toBe('other')
    expect(await keptBehind('keep-and-fail')).toBe('first')
    expect(await keptBehind('keep')).toBe('other')
    expect(String(await call(pool, 'echo', { originals: [original('one'), original('two')] }))).toBe('onetwo')
  })

  test('asks for the bytes of a file that the process finds no more, and the process goes on', async () => {
    const pool = await fakePool({ processes: 1, spare: 0 })
    const { pid } = await about(pool)
    const replaced = inFile('first')
    writeFileSync(replaced.path, 'second')
    expect(await pool.render(job('echo', { originals: [inFile('a'), replaced] }), signal)).toBeInstanceOf(BytesNeeded)
    expect(String(await call(pool, 'echo', { originals: [inFile('a'), Buffer.from('b')] }))).toBe('ab')
    expect((await about(pool)).pid).toBe(pid)
    expect(pool.figures()).toMatchObject({ busy: 0, crashes: 0, kills: 0 })
  })

  test('ends a process that needs more of what it was given as bytes', async () => {
    const pool = await fakePool()
    expect(await call(pool, 'beg', { originals: [Buffer.from('all of it')] })).toBe('render-crashed')
    expect(pool.figures().crashes).toBeGreaterThan(0)
  })

  test('asks for the bytes of a drawing, since nobody knows how long it takes', async () => {
    const pool = await fakePool()
    const drawings = ['<svg></svg>', `${' '.repeat(100_000)}<svg></svg>`, Buffer.from([0x1f, 0x8b, 8, 0])]
    const answers = await Promise.all(drawings.map((drawing) => pool.render(job('hang', { originals: [inFile(drawing)] }), signal)))
    expect(answers.map((answer) => answer instanceof BytesNeeded)).toEqual([true, false, true])
  })

  test('gets a file that is passed on back from the process, since it has not read it', async () => {
    const answer = await (await fakePool()).render(job('pass-on', { originals: [inFile('original')] }), signal)
    expect(answer).toHaveProperty('passedOn', true)
    expect(answer instanceof Failure ? answer : String(answer.bytes)).toBe('original')
  })

  test('knows a file that ends processes by its version', async () => {
    const pool = await fakePool()
    const harmful = inFile('harmful')
    expect(await call(pool, 'crash', { originals: [harmful] })).toBe('render-crashed')
    const { starts } = pool.figures()
    expect(await pool.render(job('echo', { originals: [harmful] }), signal)).toMatchObject({
      message: expect.stringMatching(/refused for a while/),
    })
    expect(pool.figures().starts).toBe(starts)
    symlinkSync(harmful.path, join(harmful.root, 'link'))
    expect(await call(pool, 'echo', { originals: [{ ...harmful, path: join(harmful.root, 'link') }] })).toBe('render-crashed')
    utimesSync(harmful.path, 1, 1)
    const mended = versionOf(harmful, statSync(harmful.path, { bigint: true }))
    expect(String(await call(pool, 'echo', { originals: [mended] }))).toBe('harmful')
  })
})
