import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { about, alive, call, emptyFolder, fakePool, job, limits, took, until } from '../../test/fake-pool.ts'
import { Failure } from '../errors.ts'
import { memoryOf } from './memory-watch.ts'

const { signal } = new AbortController()
const bytes = (text: string): readonly Buffer[] => [Buffer.from(text)]

describe('answers', () => {
  test('bytes, facts and failures come back as in process', async () => {
    const pool = await fakePool()
    const originals = [Buffer.alloc(2_000_000, 'x'), Buffer.from('y')]
    const echo = await call(pool, 'echo', { originals })
    expect(typeof echo !== 'string' && echo.equals(Buffer.concat(originals))).toBe(true)
    expect(await pool.inspect(job('look', { originals }), signal)).toEqual({ facts: [], findings: { name: 'look', originals: 2 } })
    expect(await pool.sanitise(Buffer.from('<svg/>'), limits, signal)).toEqual(Buffer.from('safe <svg/>'))
    expect(await pool.formats(signal)).toEqual({ versions: { fake: '1' }, read: ['png'], write: [] })
    const failure = await pool.render(job('fail'), signal)
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ code: 'region-outside', message: 'Expected it inside.', detail: { parameter: 'crop' } })
    expect(pool.figures()).toMatchObject({ busy: 0, kills: 0, crashes: 0 })
  })

  test('an original that is passed on is the very one that was given', async () => {
    const [original] = bytes('original')
    const answer = await (await fakePool()).render(job('pass-on', { originals: [original ?? Buffer.alloc(0)] }), signal)
    expect(answer).toHaveProperty('passedOn', true)
    expect(answer instanceof Failure ? undefined : answer.bytes).toBe(original)
  })

  test('whatever is thrown becomes internal, its stack stays where it was', async () => {
    const failure = await (await fakePool()).render(job('throw'), signal)
    expect(failure).toMatchObject({ code: 'internal', message: 'Something in the service failed.' })
    expect((failure as Failure).detail).toEqual({ cause: 'TypeError: secret path' })
  })

  test('a hundred at once over two processes, one at a time each', async () => {
    const pool = await fakePool()
    const answers = Promise.all(Array.from({ length: 100 }, () => about(pool, 'slow', { args: { ms: '5' } })))
    await until(() => pool.figures().busy === 2)
    expect(new Set((await answers).map(({ pid }) => pid)).size).toBeLessThanOrEqual(3)
    expect(pool.figures()).toMatchObject({ busy: 0, processes: 3, starts: 3 })
  })
})

describe('harm', () => {
  test.each(['hang', 'spin'])('one that never ends (%s) is killed at the deadline and costs only its own request', async (name) => {
    const pool = await fakePool()
    await call(pool, 'echo') // started
    let answer: Buffer | string = ''
    const hung = took(async () => {
      answer = await call(pool, name, { limits: { renderSeconds: 1 } })
    })
    const others = await Promise.all(Array.from({ length: 20 }, () => call(pool, 'slow', { args: { ms: '20' } })))
    expect(others.filter((other) => typeof other === 'string')).toEqual([])
    const time = await hung
    expect(answer).toBe('render-timeout')
    expect(time).toBeGreaterThan(990)
    expect(time).toBeLessThan(1500)
    await until(() => pool.figures().starts === 4)
    expect(pool.figures()).toMatchObject({ kills: 1, crashes: 0, processes: 3 })
  })

  test('what looks like SVG has its own deadline', async () => {
    const pool = await fakePool()
    const given = { limits: { renderSeconds: 5, svgSeconds: 0.2 }, originals: bytes('<svg/>') }
    expect(await took(() => call(pool, 'hang', given))).toBeLessThan(1500)
  })

  test('the spare takes over without a new start', async () => {
    const pool = await fakePool({ processes: 1 })
    await until(() => pool.figures().rssBytes > 0)
    const first = await about(pool)
    await about(pool, 'slow', { args: { ms: '300' } }) // by now the spare is up
    expect(await call(pool, 'spin', { limits: { renderSeconds: 0.1 } })).toBe('render-timeout')
    expect(await took(async () => expect((await about(pool)).pid).not.toBe(first.pid))).toBeLessThan(100)
    await until(() => !alive(first.pid))
  })

  test.each([1, 2])('drawings that never end leave a process to other pictures (%i at once)', async (processes) => {
    const pool = await fakePool({ processes })
    await until(() => pool.figures().rssBytes > 0)
    await Promise.all(Array.from({ length: 4 }, () => about(pool, 'slow', { args: { ms: '300' } }))) // by now the spare is up
    const svg = { originals: bytes('<svg/>'), limits: { svgSeconds: 1 } }
    const drawings = Array.from({ length: 8 }, (_, index) => call(pool, 'hang', { ...svg, args: { index: `${index}` } }))
    await until(() => pool.figures().busy === processes)
    for (let count = 0; count < 3; count++)
      expect(await took(async () => expect(await call(pool, 'echo', { originals: bytes('photo') })).toBeInstanceOf(Buffer))).toBeLessThan(
        300,
      )
    expect(pool.figures()).toMatchObject({ busy: processes, kills: 0 })
    await pool.close()
    expect(new Set(await Promise.all(drawings))).toEqual(new Set(['shutting-down']))
  })

  test('when a drawing was ended, the next one waits for the new process and leaves the free one to others', async () => {
    const pool = await fakePool({ processes: 1 })
    await about(pool, 'slow', { args: { ms: '500' } }) // by now the spare is up
    const ended = call(pool, 'hang', { originals: bytes('<svg/>'), limits: { svgSeconds: 0.2 } })
    const done: string[] = []
    const next = call(pool, 'echo', { originals: bytes('<svg></svg>') }).then(() => done.push('drawing'))
    expect(await ended).toBe('render-timeout')
    const photo = call(pool, 'echo', { originals: bytes('photo') }).then(() => done.push('photo'))
    await Promise.all([next, photo])
    expect(done).toEqual(['photo', 'drawing'])
    expect(pool.figures()).toMatchObject({ busy: 0, kills: 1, starts: 3 })
  })

  test('a crash is tried once more in another process', async () => {
    const pool = await fakePool()
    const marker = join(emptyFolder(), 'crashed')
    const answers = await Promise.all([
      call(pool, 'crash-once', { args: { marker } }),
      ...Array.from({ length: 20 }, () => call(pool, 'slow', { args: { ms: '10' } })),
    ])
    expect(answers.filter((answer) => typeof answer === 'string')).toEqual([])
    expect(pool.figures()).toMatchObject({ crashes: 1, kills: 0 })
  })

  test("a crash that was not the original's fault is not held against it", async () => {
    const pool = await fakePool()
    const originals = bytes('innocent')
    for (const marker of ['a', 'b', 'c']) {
      expect(await call(pool, 'crash-once', { originals, args: { marker: join(emptyFolder(), marker) } })).toBeInstanceOf(Buffer)
    }
    expect(pool.figures().crashes).toBe(3)
  })

  test('who crashes twice is a failure, and is refused from then on without another process lost', async () => {
    const pool = await fakePool()
    const originals = bytes('bad')
    expect(await call(pool, 'crash', { originals })).toBe('render-crashed')
    expect(pool.figures().crashes).toBe(2)
    expect(await call(pool, 'echo', { originals })).toBe('render-crashed')
    expect(await call(pool, 'echo', { originals: bytes('abc') })).toEqual(Buffer.from('abc'))
    expect(pool.figures().crashes).toBe(2)
  })

  test('who was killed twice is refused for a while', async () => {
    const pool = await fakePool({ refuseSeconds: 0.5 })
    const given = { originals: bytes('slow one'), limits: { renderSeconds: 0.1 } }
    for (const _ of [1, 2]) expect(await call(pool, 'hang', given)).toBe('render-timeout')
    expect(await call(pool, 'hang', given)).toBe('original-too-costly')
    // Another wish of the same original is not to blame.
    expect(await call(pool, 'echo', given)).toEqual(Buffer.from('slow one'))
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await call(pool, 'hang', given)).toBe('render-timeout')
  })

  test.runIf(process.platform === 'linux')('one that takes too much memory is killed', async () => {
    const pool = await fakePool()
    expect(await call(pool, 'eat', { limits: { memoryBytes: 3e8 } })).toBe('original-too-costly')
    expect(pool.figures()).toMatchObject({ kills: 1, crashes: 0 })
  })

  test.runIf(process.platform === 'linux')('one that keeps much memory is replaced when its job is done', async () => {
    const pool = await fakePool({ processes: 1, idleBytes: 2e8 })
    await until(() => pool.figures().processes === 2)
    await about(pool, 'slow', { args: { ms: '300' } })
    const { pid } = await about(pool, 'eat', { args: { keep: '300' } })
    expect((await about(pool)).pid).not.toBe(pid)
    await until(() => memoryOf(pid) === undefined)
    expect(pool.figures()).toMatchObject({ kills: 0, crashes: 0, starts: 3, processes: 2 })
  })

  test.runIf(process.platform === 'linux')(
    'one that keeps much memory and has nothing to do is replaced; one that does not, stays',
    async () => {
      const pool = await fakePool({ processes: 1, spare: 0, idleBytes: 6e8, restSeconds: 0.4 })
      const { pid } = await about(pool)
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect((await about(pool)).pid).toBe(pid)
      // As long as something comes, it stays as it is.
      const { pid: swollen } = await about(pool, 'eat', { args: { keep: '300' } })
      for (let round = 0; round < 10; round++) {
        expect((await about(pool, 'slow', { args: { ms: '100' } })).pid).toBe(swollen)
      }
      await until(() => memoryOf(swollen) === undefined)
      expect((await about(pool)).pid).not.toBe(swollen)
      expect(pool.figures()).toMatchObject({ kills: 0, crashes: 0, starts: 2 })
    },
  )

  test('one is replaced after so many jobs', async () => {
    const pool = await fakePool({ processes: 1, recycleJobs: 3 })
    // A process goes when its successor is there, and that takes the time it takes.
    const replaced = (): boolean => pool.figures().starts > 4
    for (let index = 0; index < 500 && !replaced(); index++) await about(pool, 'slow', { args: { ms: '20' } })
    expect(replaced()).toBe(true)
    expect(pool.figures()).toMatchObject({ crashes: 0, kills: 0 })
  })

  test('one that speaks nonsense is not believed', async () => {
    expect(await call(await fakePool(), 'babble')).toBe('render-crashed')
  })
})
