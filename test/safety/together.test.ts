import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gives, later, openScriptedOrigin, type ScriptedOrigin, status } from './origin.ts'
import { openServer, type Server } from './server.ts'

/** Equal requests at once, through the real server: what is asked once is fetched once and drawn once. */

const many = 100
let picture: Buffer
let origin: ScriptedOrigin
let server: Server

/** How many pictures were rendered so far, as the server counts them. */
async function renders(): Promise<number> {
  const { body } = await server.get('/metrics')
  return Number(/^tintype_stage_seconds_count\{stage="render"\} (\d+)$/m.exec(body.toString())?.[1] ?? 0)
}
/** Until the origin has been asked for a path. */
async function asked(path: string): Promise<void> {
  while (origin.hits(path) === 0) await new Promise((soon) => setTimeout(soon, 2))
}
const crowd = (target: string, count: number) => Promise.all(Array.from({ length: count }, () => server.get(target)))

beforeAll(async () => {
  picture = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer()
  origin = await openScriptedOrigin()
  server = await openServer(origin.settings())
})
afterAll(async () => {
  await server.stop()
  await origin.close()
})

describe('a crowd', () => {
  it('check 33: a hundred equal requests on a cold cache are one fetch and one rendering', async () => {
    origin.script('/crowd.jpg', later(200, gives(picture)))
    const before = await renders()
    const got = await crowd('/i/crowd.jpg?w=100', many)
    expect(got.map(({ status: code }) => code)).toEqual(Array(many).fill(200))
    expect(new Set(got.map(({ body }) => body.toString('base64'))).size).toBe(1)
    expect([origin.hits('/crowd.jpg'), (await renders()) - before]).toEqual([1, 1])
  })

  it('check 33: ten sizes of one original at once are one fetch', async () => {
    origin.script('/sizes.jpg', later(200, gives(picture)))
    const before = await renders()
    const got = await Promise.all(Array.from({ length: many }, (_, index) => server.get(`/i/sizes.jpg?w=${50 + (index % 10)}`)))
    expect(got.map(({ status: code }) => code)).toEqual(Array(many).fill(200))
    expect([origin.hits('/sizes.jpg'), (await renders()) - before]).toEqual([1, 10])
  })

  it('check 33: they share a failure as well', async () => {
    origin.script('/fails.jpg', later(200, status(500)))
    const got = await crowd('/i/fails.jpg?w=100', many)
    expect(got.map(({ status: code }) => code)).toEqual(Array(many).fill(502))
    expect(origin.hits('/fails.jpg')).toBe(1)
  })

  it('check 34: when the one that came first leaves after 50 ms, the other 99 get their picture all the same', async () => {
    origin.script('/leader.jpg', later(500, gives(picture)))
    const before = await renders()
    const leaving = new AbortController()
    const leader = server.get('/i/leader.jpg?w=100', {}, { signal: leaving.signal }).then(
      () => 'answered',
      () => 'gone',
    )
    await asked('/leader.jpg')
    const others = crowd('/i/leader.jpg?w=100', many - 1)
    setTimeout(() => leaving.abort(), 50)
    const got = await others
    expect(await leader).toBe('gone')
    expect(got.map(({ status: code }) => code)).toEqual(Array(many - 1).fill(200))
    expect([origin.hits('/leader.jpg'), (await renders()) - before]).toEqual([1, 1])
  })

  it('check 34: when all have left, the fetch is given up, and who comes after gets a new one', async () => {
    origin.script('/left.jpg', later(20_000, gives(picture)))
    const leaving = new AbortController()
    const all = Array.from({ length: 10 }, () => server.get('/i/left.jpg?w=100', {}, { signal: leaving.signal }).catch(() => 'gone'))
    await asked('/left.jpg')
    setTimeout(() => leaving.abort(), 50)
    expect(await Promise.all(all)).toEqual(Array(10).fill('gone'))
    expect(await origin.lasted('/left.jpg')).toBeLessThan(5000)
    origin.script('/left.jpg', gives(picture))
    expect((await server.get('/i/left.jpg?w=100')).status).toBe(200)
    expect(origin.hits('/left.jpg')).toBe(2)
  })
})
