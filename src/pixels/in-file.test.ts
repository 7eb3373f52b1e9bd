import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { about, call, emptyFolder, fakePool, job, took } from '../../test/fake-pool.ts'
import { Failure } from '../errors.ts'
import { versionOf } from '../schema/file-version.ts'
import { readAll, readHere } from './in-file.ts'
import type { InFile, JobOriginal } from './renderer.ts'

const { signal } = new AbortController()

/** A file in a folder of its own, as a source would leave it open; how often it was read here. */
function inFile(content: string | Buffer): InFile & { readonly counts: { reads: number } } {
  const path = join(emptyFolder(), 'original')
  writeFileSync(path, content)
  const bytes = readFileSync(path)
  const counts = { reads: 0 }
  const read = async (): Promise<Buffer> => {
    counts.reads += 1
    return bytes
  }
  return { file: versionOf(path, statSync(path, { bigint: true })), head: bytes.subarray(0, 4096), read, counts }
}

describe('a file is read where it is needed', () => {
  test('as long as it is the one that was found', () => {
    const { file } = inFile(Buffer.alloc(300_000, 'x'))
    expect(readHere(file)?.equals(Buffer.alloc(300_000, 'x'))).toBe(true)
    expect(readHere(inFile('').file)).toEqual(Buffer.alloc(0))
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
    const { file } = inFile('first')
    change(file.path)
    expect(readHere(file)).toBe(undefined)
  })

  test.skipIf(process.platform === 'win32')('and never waits for a FIFO that lies there instead', () => {
    const { file } = inFile('first')
    rmSync(file.path)
    execFileSync('mkfifo', [file.path])
    expect(readHere(file)).toBe(undefined)
  })

  test('its bytes are had in process, too; a failure is a failure, an abort an abort', async () => {
    const { file, head } = inFile('first')
    const failing: InFile = { file, head, read: () => Promise.reject(new Error('EIO')) }
    expect(await readAll([inFile('a'), Buffer.from('b')], signal)).toEqual([Buffer.from('a'), Buffer.from('b')])
    expect(await readAll([failing], signal)).toMatchObject({ code: 'origin-failed' })
    await expect(readAll([failing], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })
})

describe('the pool', () => {
  test('lets a process read files, beside originals that come as bytes', async () => {
    const originals = [Buffer.from('a'), inFile('b'), Buffer.from('c'), inFile(Buffer.alloc(200_000, 'd'))]
    const echo = await call(await fakePool(), 'echo', { originals })
    expect(String(echo)).toBe(`abc${'d'.repeat(200_000)}`)
    expect(originals.map((original) => ('counts' in original ? original.counts.reads : 0))).toEqual([0, 0, 0, 0])
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

  test('reads a file itself that the process finds no more, and hands on the bytes of the one that was found', async () => {
    const replaced = inFile('first')
    writeFileSync(replaced.file.path, 'second')
    expect(String(await call(await fakePool(), 'echo', { originals: [replaced, inFile('b')] }))).toBe('firstb')
    expect(replaced.counts.reads).toBe(1)
  })

  test('says so when it cannot read it either, and the process goes on', async () => {
    const pool = await fakePool({ processes: 1, spare: 0 })
    const { pid } = await about(pool)
    const lost: InFile = { ...inFile('first'), read: () => Promise.reject(new Error('EIO')) }
    rmSync(lost.file.path)
    expect(await call(pool, 'echo', { originals: [lost] })).toBe('origin-failed')
    expect((await about(pool)).pid).toBe(pid)
    expect(pool.figures()).toMatchObject({ busy: 0, crashes: 0, kills: 0 })
  })

  test('gets a file that is passed on back from the process, since it has not read it', async () => {
    const answer = await (await fakePool()).render(job('pass-on', { originals: [inFile('original')] }), signal)
    expect(answer).toHaveProperty('passedOn', true)
    expect(answer instanceof Failure ? answer : String(answer.bytes)).toBe('original')
  })

  test('gets one back as well that it has read itself, and not kept', async () => {
    const replaced = inFile('first')
    writeFileSync(replaced.file.path, 'second')
    const answer = await (await fakePool()).render(job('pass-on', { originals: [replaced] }), signal)
    expect(answer instanceof Failure ? answer : String(answer.bytes)).toBe('first')
  })

  test('does not hold it against a picture that reading a file took long', async () => {
    const slow: InFile = { ...inFile('first'), read: () => new Promise((resolve) => setTimeout(() => resolve(Buffer.from('late')), 600)) }
    rmSync(slow.file.path)
    const pool = await fakePool()
    expect(String(await call(pool, 'echo', { originals: [slow], limits: { renderSeconds: 0.4 } }))).toBe('late')
    expect(await call(pool, 'hang', { originals: [slow], limits: { renderSeconds: 0.2 } })).toBe('render-timeout')
    expect(pool.figures()).toMatchObject({ kills: 1, crashes: 0 })
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
    utimesSync(harmful.file.path, 1, 1)
    const mended = { ...harmful, file: versionOf(harmful.file.path, statSync(harmful.file.path, { bigint: true })) }
    expect(String(await call(pool, 'echo', { originals: [mended] }))).toBe('harmful')
  })

  test('sees by its head that a file looks like SVG', async () => {
    const svg = inFile(`<svg>${' '.repeat(100_000)}</svg>`)
    const pool = await fakePool()
    expect(await took(() => call(pool, 'hang', { limits: { renderSeconds: 5, svgSeconds: 0.2 }, originals: [svg] }))).toBeLessThan(1500)
  })
})
