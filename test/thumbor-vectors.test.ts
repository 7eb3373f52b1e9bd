import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { files, judge, load } from '../scripts/vectors/thumbor.mjs'

const root = new URL('../', import.meta.url)
const read = async (file: string): Promise<Record<string, unknown>[]> => JSON.parse(await readFile(new URL(file, root), 'utf8'))

describe.each(files)('%s', (file) => {
  it('holds', async () => {
    const functions = await load(new URL('src/', root), '.ts')
    const vectors = await read(file)
    expect(vectors.length).toBe(file.includes('urls') ? 532 : 56)
    expect(judge(vectors, functions).flat()).toEqual([])
  })

  it('would show it in every vector if a field of it were another', async () => {
    const functions = await load(new URL('src/', root), '.ts')
    const spoiled = (await read(file)).map((vector) => {
      if (file.includes('signatures')) return { ...vector, signature: `x${vector.signature}` }
      return vector.expect === null ? { ...vector, expect: {} } : { ...vector, filter_calls: [{ name: 'none', phase: 'none', args: [] }] }
    })
    expect(judge(spoiled, functions).filter((faults) => faults.length === 0)).toEqual([])
  })
})

describe('npm run vectors', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-vectors-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const run = (...args: readonly string[]): Promise<{ code: number; out: string; told: string }> =>
    new Promise((resolve) => {
      const program = fileURLToPath(new URL('scripts/vectors.mjs', root))
      const child = execFile(process.execPath, [program, ...args], (_, out, told) => resolve({ code: child.exitCode ?? -1, out, told }))
    })
  const file = async (content: unknown): Promise<string> => {
    const path = join(folder, 'vectors.json')
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  it('passes on its own files', async () => {
    expect(await run('thumbor')).toEqual({ code: 0, out: '588 passed, 0 failed\n', told: '' })
  })

  it('names what does not hold, of either form', async () => {
    const expected = { width: 301, height: 200, image: 'a.jpg' }
    const urls = await run(
      'thumbor',
      await file([
        { id: 'w1', url: '/unsafe/300x200/a.jpg', expect: expected },
        { id: 'w2', url: '/a.jpg', expect: null },
      ]),
    )
    expect(urls).toEqual({ code: 1, out: 'w1: expect.width: expected 301, got 300\n1 passed, 1 failed\n', told: '' })
    const [signature = {}] = await read('test/vectors/thumbor/signatures.json')
    const server = [{ request_path: '/unsafe/a.jpg', accepted: true }]
    const signed = await run('thumbor', await file([{ ...signature, server }]))
    expect(signed).toEqual({ code: 1, out: 's01: server /unsafe/a.jpg: expected true, got false\n0 passed, 1 failed\n', told: '' })
  })

  it.each([
    [['nosuch'], /Expected one of thumbor/],
    [[], /Expected a dialect/],
    [['thumbor', 'a', 'b'], /at most one file/],
    [['thumbor', '/no/such/file.json'], /ENOENT/],
  ])('refuses %j', async (args, why) => {
    const { code, out, told } = await run(...args)
    expect([code, out]).toEqual([2, ''])
    expect(told).toMatch(why)
  })

  it.each(['{"a": 1}', '[]', '[{"url": "/a"}]', '[1]', 'no JSON'])('refuses a file of another form: %s', async (content) => {
    const { code, out, told } = await run('thumbor', await file(content))
    expect([code, out]).toEqual([2, ''])
    expect(told).toContain('vectors.json: ')
  })
})
