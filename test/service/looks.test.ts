import { beforeEach, describe, expect, test } from 'vitest'
import type { Dialect, Order } from '../../src/dialects/dialect.ts'
import { plainDelivery } from '../../src/dialects/dialect.ts'
import { thumborMeta } from '../../src/dialects/thumbor-meta.ts'
import { filters } from '../../src/filters/all.ts'
import type { Detector } from '../../src/pixels/detectors/detector.ts'
import { openInProcess } from '../../src/pixels/in-process.ts'
import { readRecipe } from '../../src/recipe/recipe.ts'
import { drawn, type Rgba, seen } from '../pictures.ts'
import { openStage, type Stage } from './stage.ts'

/** `/r/<key>?<recipe>`: canonical texts as URLs; `/m/` explains them in Thumbor's shape, `/m/<function>/` as a script. */
const canonicalTexts: Dialect = {
  name: 'canonical',
  doc: '',
  spec: '',
  parse(target) {
    const [, kind, callback, key = '', text = ''] = /^\/([rm])\/(?:([^/]+)\/)?([^/?]+)\?(.*)$/.exec(target) ?? []
    const recipe = kind === undefined ? undefined : readRecipe(text)
    if (recipe === undefined || recipe instanceof Error) return recipe
    const given = callback === undefined ? {} : { callback: decodeURIComponent(callback) }
    return { key, recipe, delivery: kind === 'r' ? plainDelivery : { ...plainDelivery, kind: 'explain', ...given } }
  },
  print: () => '',
  explain: (order: Order, explained) => thumborMeta(order, explained),
}

const looked = { count: 0 }
const counting: Detector = {
  name: 'saliency',
  doc: '',
  side: 100,
  find: async ({ width, height }) => {
    looked.count += 1
    return [{ left: Math.floor(width / 2), top: 0, width: Math.ceil(width / 2), height }]
  },
}

const smart = (width: number, height: number, more = ''): string =>
  `focus(detect=saliency)/${more}resize(width=${width},height=${height},fit=cover,enlarge=1,rounding=stepwise)|format=png`

let picture: Buffer
const marked = (): Promise<Buffer> =>
  drawn(200, 100, (x): Rgba => [x, 50, 50])
    .png()
    .toBuffer()

async function opened(): Promise<Stage> {
  const renderer = await openInProcess({ filters, detectors: [counting] })
  const stage = await openStage({ renderer, parts: { dialects: [canonicalTexts] } })
  stage.source.put('a.png', picture, { etag: '"1"' })
  return stage
}

beforeEach(async () => {
  looked.count = 0
  picture ??= await marked()
})

describe('a picture in many sizes', () => {
  test('is looked at once, and each size keeps the same part of it', async () => {
    const { ask } = await opened()
    for (const [width, height] of [
      [50, 100],
      [25, 50],
      [10, 60],
    ] as const) {
      const answer = await ask(`/r/a.png?${smart(width, height)}`)
      const { at } = await seen(answer.body ?? Buffer.alloc(0))
      expect(Math.abs((at(width >> 1, 5)[0] ?? 0) - 150)).toBeLessThan(8) // the middle of the right half
    }
    expect(looked.count).toBe(1)
  })

  test('is looked at once for its explanation and for itself, by GET or HEAD', async () => {
    const { ask } = await opened()
    const told = await ask(`/m/a.png?${smart(50, 100)}`)
    expect(JSON.parse(told.text).thumbor).toEqual({
      source: { url: 'a.png', width: 200, height: 100, frameCount: 1 },
      operations: [{ type: 'crop', left: 125, top: 0, right: 175, bottom: 100 }],
      target: { width: 50, height: 100 },
      focal_points: [{ x: 150, y: 50, z: 10_000, height: 100, width: 100, origin: 'detection' }],
    })
    const head = await ask(`/r/a.png?${smart(50, 50)}`, {}, { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, undefined])
    await ask(`/r/a.png?${smart(40, 50)}`)
    expect(looked.count).toBe(1)
  })

  test('is looked at anew where something else comes before', async () => {
    const { ask } = await opened()
    await ask(`/r/a.png?${smart(50, 100)}`)
    await ask(`/r/a.png?mirror(flop=1)/${smart(50, 100)}`)
    expect(looked.count).toBe(2)
    await ask(`/r/a.png?${smart(50, 90, 'region(x=20)/')}`)
    expect(looked.count).toBe(2)
  })

  test('is looked at anew in another version, after a purge, and in another original', async () => {
    const { ask, source, service, clock } = await opened()
    await ask(`/r/a.png?${smart(50, 100)}`)
    source.put('a.png', picture, { etag: '"2"' })
    clock.seconds += 1e7
    await ask(`/r/a.png?${smart(40, 100)}`)
    expect(looked.count).toBe(2)
    await service.purge('a.png', new AbortController().signal)
    await ask(`/r/a.png?${smart(30, 100)}`)
    expect(looked.count).toBe(3)
    source.put('b.png', picture, { etag: '"2"' })
    await ask(`/r/b.png?${smart(30, 100)}`)
    expect(looked.count).toBe(4)
  })

  test('is looked at each time where nobody may keep it, and where others lie on it', async () => {
    const { ask, source } = await opened()
    source.put('secret.png', picture, { etag: '"1"', freshness: { noStore: true } })
    for (const width of [50, 40]) await ask(`/r/secret.png?${smart(width, 100)}`)
    expect(looked.count).toBe(2)
    for (const width of [50, 40]) await ask(`/r/a.png?overlay(key=secret.png)/${smart(width, 100)}`)
    expect(looked.count).toBe(4)
  })
})

describe('an explanation in the words of its dialect', () => {
  test('is JSON that nobody keeps', async () => {
    const { ask } = await opened()
    const { status, headers } = await ask(`/m/a.png?resize(width=20)|`)
    expect([status, headers['content-type'], headers['cache-control'], headers.vary]).toEqual([
      200,
      'application/json',
      'no-store',
      'Accept',
    ])
  })

  test('may be a script that calls a function with it', async () => {
    const { ask } = await opened()
    const { headers, text } = await ask('/m/app.told%5B0%5D/a.png?resize(width=20)|')
    expect([headers['content-type'], headers['x-content-type-options']]).toEqual(['text/javascript', 'nosniff'])
    let told: unknown
    new Function('app', text)({ told: [(given: unknown) => (told = given)] })
    expect(told).toMatchObject({ thumbor: { target: { width: 20, height: 10 } } })
  })

  test.each(['alert(1)//', 'a;b', 'a b', '<script>', 'é', 'a'.repeat(65)])('is no script that says anything else: %s', async (name) => {
    const { ask, source } = await opened()
    const answer = await ask(`/m/${encodeURIComponent(name)}/a.png?resize(width=20)|`)
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/problem+json'])
    expect(source.asked).toEqual([])
  })
})
