import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../src/errors.ts'
import { openPool, renderProcessEntry } from '../src/pixels/pool.ts'
import type { Rendered, Renderer } from '../src/pixels/renderer.ts'
import { recipe } from '../src/recipe/recipe.ts'
import { step } from '../src/recipe/steps.ts'
import { type CorpusFile, corpus } from './corpus.ts'
import { limits, quadrants } from './pictures.ts'

/** Every hostile file through render processes under the limits that nobody configured: an answer in time, and no harm. */

const hostile = corpus('hostile')
const { signal } = new AbortController()
const small = recipe([step('page', { animation: true }), step('orient'), step('resize', { width: { px: 64 } })], { format: 'webp' })
/** Bodies of an HTTP answer, not files: they are the business of the source that fetches them. */
const isBody = ({ file }: CorpusFile): boolean => file.startsWith('http-')

let pool: Renderer
const render = (bytes: Buffer): Promise<Rendered | Failure> => pool.render({ recipe: small, originals: [bytes], limits }, signal)

beforeAll(async () => {
  pool = await openPool({ entry: renderProcessEntry(), processes: 2, spare: 1 })
})
afterAll(() => pool.close())

describe.skipIf(hostile === undefined)('the corpus of hostile files', () => {
  const files = (hostile?.files ?? []).filter((file) => !isBody(file))

  it.concurrent.each(files)('$file ($kind): $expect', async (file) => {
    const bytes = await readFile(join(hostile?.folder ?? '', file.file))
    const began = performance.now()
    // Larger files never reach a renderer: the source refuses them.
    const answer = bytes.length > limits.sourceBytes ? new Failure('original-too-large', 'Too large.') : await render(bytes)
    expect(performance.now() - began).toBeLessThan((limits.renderSeconds + 2) * 1000 * 3) // five run at once, two processes work

    if (answer instanceof Failure) {
      expect([413, 415, 422, 504]).toContain(answer.status)
      if (answer.status === 504) expect(file.kind).toMatch(/bomb$/)
      expect(file.expect).not.toBe('decodes')
      expect(answer.message).not.toMatch(/\/(?:tmp|work|home|proc|etc|usr)\b|node_modules|\.cc:|at .*\(/)
      if (file.mustNotContain) expect(answer.message).not.toContain(file.mustNotContain)
    } else {
      expect(file.expect).not.toBe('error 4xx')
      expect(answer.bytes.length).toBeGreaterThan(0)
      if (file.mustNotContain) expect(answer.bytes.includes(file.mustNotContain)).toBe(false)
    }
  })

  it('leaves a pool that gives the same bytes as before', async () => {
    const original = await quadrants(80, 60).png().toBuffer()
    const fresh = await openPool({ entry: renderProcessEntry(), processes: 1, spare: 0 })
    try {
      const before = await fresh.render({ recipe: small, originals: [original], limits }, signal)
      const after = await render(original)
      if (before instanceof Failure || after instanceof Failure) throw after
      expect(after.bytes.equals(before.bytes)).toBe(true)
      expect(pool.figures()).toMatchObject({ busy: 0, crashes: 0 })
      expect(pool.figures().rssBytes).toBeLessThan(1.5e9)
    } finally {
      await fresh.close()
    }
  })
})
