import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** `npm run hostile` over small folders of drawn files: whether it tells good answers from wrong ones. */

const script = fileURLToPath(new URL('../../scripts/hostile.mjs', import.meta.url))
const hostile = (...words: string[]) => spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' })
const mark = 'tell-nobody-4711'
const page = `<!doctype html><title>Sign in</title><script>${mark}</script>`
let folder: string
let png: Buffer

/** @param index  Whatever it should be. */
async function corpusOf(name: string, files: Readonly<Record<string, Buffer | string>>, index: unknown): Promise<string> {
  const place = await mkdtemp(join(folder, `${name}-`))
  for (const [file, content] of Object.entries(files)) await writeFile(join(place, file), content)
  await writeFile(join(place, 'index.json'), typeof index === 'string' ? index : JSON.stringify(index))
  return place
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-corpora-'))
  png = await sharp({ create: { width: 120, height: 80, channels: 3, background: '#369' } })
    .png()
    .toBuffer()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('npm run hostile', () => {
  it('check 13: passes a folder of which all is as its index says', { timeout: 120_000 }, async () => {
    const jpeg = await sharp(png).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const place = await corpusOf(
      'good',
      {
        'good.png': Buffer.concat([png, Buffer.from(page)]),
        'turned.jpg': jpeg,
        'html-as.jpg': page,
        'http-bomb.gz': gzipSync(Buffer.alloc(30_000_000)),
        'http-nested.gz': gzipSync(gzipSync(png)),
        'read me.txt': 'not in the index',
      },
      [
        { file: 'good.png', kind: 'polyglot', expect: 'decodes', mustNotContain: mark, mustNotConnect: true, later: { field: [1] } },
        { file: 'turned.jpg', format: 'jpeg', width: 120, height: 80, orientation: 6, pages: 1, sharpDecodes: true },
        { file: 'html-as.jpg', kind: 'of a kind that nobody knows', expect: 'error 4xx', status: 415, mustNotContain: mark },
        { file: 'http-bomb.gz', kind: 'transport bomb', expect: 'error 4xx' },
        { file: 'http-nested.gz', kind: 'transport bomb', expect: 'error 4xx' },
      ],
    )
    const { status, stdout, stderr } = hostile(place)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^6 passed, 0 failed\n$/m)
    expect(stdout).not.toMatch(/expected/)
    expect(status).toBe(0)
  })

  it('check 13: tells of everything that is not', { timeout: 120_000 }, async () => {
    const place = await corpusOf('wrong', { 'good.png': png, 'page.png': page, 'photo.png': png }, [
      { file: 'good.png', kind: 'wrong magic', expect: 'error 4xx', status: 415 },
      { file: 'page.png', kind: 7, expect: 'decodes' },
      { file: 'photo.png', width: 60, height: 80, orientation: 1, sharpDecodes: true, mustNotContain: 'IHDR' },
      { file: 'photo.png', expect: 'whatever' },
      { file: 'gone.png', kind: 'truncated', expect: 'error 4xx' },
    ])
    const { status, stdout } = hostile(place)
    for (const line of [
      'good.png (wrong magic): small JPEG: expected 413, 415, 422, got 200',
      'page.png (of no kind): small WebP, moving: expected 200, got 415 original-not-image',
      'photo.png (of no kind): whole: expected 60 x 80, got 120 x 80',
      'photo.png (of no kind): original: expected nothing of "IHDR", but it came back',
      'photo.png (of no kind): the index expects "whatever"',
      'gone.png (truncated): expected a file of that name in the folder, there is none',
    ]) {
      expect(stdout).toContain(line)
    }
    expect(stdout).toMatch(/\n0 passed, 5 failed\n$/)
    expect(status).toBe(1)
  })

  it('check 13: refuses what is no corpus', async () => {
    const places = [join(folder, 'gone'), folder]
    for (const index of ['no JSON', {}, [], [{ name: 'a.png' }], [null]]) places.push(await corpusOf('none', {}, index))
    for (const place of places) {
      const { status, stdout, stderr } = hostile(place)
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/index\.json.*\nUsage: npm run hostile -- FOLDER\n$/s)
    }
    expect(hostile().status).toBe(2)
    expect(hostile(folder, folder).status).toBe(2)
  })
})
