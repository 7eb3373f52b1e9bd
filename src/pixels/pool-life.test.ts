import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { about, alive, call, emptyFolder, fakePool, took, until } from '../../test/fake-pool.ts'
import { renderProcessEntry } from './pool.ts'

const { signal } = new AbortController()

describe('surroundings', () => {
  test('a process sees nothing of our environment, and an empty folder', async () => {
    process.env.TINTYPE_KEYS = 'a secret'
    process.env.NODE_OPTIONS = '--no-deprecation'
    const pool = await fakePool({ environment: { LD_PRELOAD_TEST: 'x', MALLOC_ARENA_MAX: '99' } })
    const { env, args, folder, files } = await about(pool)
    delete process.env.TINTYPE_KEYS
    delete process.env.NODE_OPTIONS
    const names = [
      'FONTCONFIG_FILE',
      'GLIBC_TUNABLES',
      'HOME',
      'LD_PRELOAD_TEST',
      'MALLOC_ARENA_MAX',
      'MALLOC_MMAP_THRESHOLD_',
      'MALLOC_TRIM_THRESHOLD_',
      'TMPDIR',
      'UV_THREADPOOL_SIZE',
    ]
    expect(Object.keys(env).sort()).toEqual([...names, 'VIPS_CONCURRENCY', 'VIPS_DISC_THRESHOLD', 'VIPS_WARNING'])
    expect(env.MALLOC_ARENA_MAX).toBe('2')
    expect(args).toEqual(['--max-old-space-size=256', '--expose-gc'])
    expect(files).toEqual([])
    await pool.close()
    expect(existsSync(folder)).toBe(false)
  })

  test.runIf(process.platform === 'linux')('a process and all its threads yield to the service', async () => {
    const { pid } = await about(await fakePool())
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => getPriority(Number(thread)))
    expect(threads.length).toBeGreaterThan(4)
    expect(new Set(threads)).toEqual(new Set([Math.min(19, getPriority() + 5)]))
  })

  test('what a process says comes line by line', async () => {
    const lines: string[] = []
    await call(await fakePool({ onLog: (line) => lines.push(line) }), 'noise')
    await until(() => lines.length === 2)
    expect(lines).toEqual(['a complaint', 'another'])
  })

  test('signals to the whole group are passed over', async () => {
    const pool = await fakePool({ processes: 1, spare: 0 })
    const { pid } = await about(pool)
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, name)
    expect((await about(pool, 'slow', { args: { ms: '50' } })).pid).toBe(pid)
  })

  test('the built program is found from the source', () => {
    expect(fileURLToPath(renderProcessEntry())).toMatch(/[/\\]dist[/\\]runtimes[/\\]render-process\.js$/)
  })
})

describe('waiting', () => {
  test('a job that waits is dropped at the signal, one that runs is finished', async () => {
    const pool = await fakePool({ processes: 1, spare: 0 })
    const running = new AbortController()
    const waiting = new AbortController()
    const first = about(pool, 'slow', { args: { ms: '200' }, signal: running.signal })
    await until(() => pool.figures().busy === 1)
    const second = call(pool, 'slow', { args: { ms: '200' }, signal: waiting.signal })
    const third = about(pool)
    running.abort()
    waiting.abort(new Error('the client has gone'))
    await expect(second).rejects.toThrow('the client has gone')
    await expect(call(pool, 'echo', { signal: waiting.signal })).rejects.toThrow('the client has gone')
    expect((await first).jobs).toBe(1)
    expect((await third).jobs).toBe(2)
  })

  test('a busy pool is ready all the same: the spare answers', async () => {
    const pool = await fakePool({ processes: 1 })
    const slow = call(pool, 'slow', { args: { ms: '1500' } })
    await until(() => pool.figures().busy === 1)
    expect(await took(async () => expect(await pool.ready(signal)).toBe(true))).toBeLessThan(1400)
    await slow
  })

  test('ready is what a process says, and is not asked again for a while', async () => {
    const unready = await fakePool({ environment: { FAKE_START: 'unready' } })
    expect(await unready.ready(signal)).toBe(false)
    const pool = await fakePool({ processes: 1, spare: 0 })
    await call(pool, 'echo')
    const slow = call(pool, 'slow', { args: { ms: '1000' } })
    expect(await took(async () => expect(await pool.ready(signal)).toBe(true))).toBeLessThan(50)
    await slow
    await expect(pool.ready(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })
})

describe('start and end', () => {
  test.each(['no such file', 'die'])('an install that cannot work (%s) neither spins nor keeps anybody waiting', async (how) => {
    const broken = how === 'die' ? { environment: { FAKE_START: 'die' } } : { entry: join(emptyFolder(), 'none.mjs') }
    const pool = await fakePool(broken)
    expect(await call(pool, 'echo')).toBe('internal')
    expect(await took(async () => expect(await call(pool, 'echo')).toBe('internal'))).toBeLessThan(20)
    expect(await pool.ready(signal)).toBe(false)
    const before = pool.figures().starts
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(pool.figures().starts - before).toBeLessThan(4)
  })

  test('close waits for what runs, refuses what waits and leaves no process', async () => {
    const pool = await fakePool({ graceSeconds: 10 })
    const pids = await Promise.all([1, 2].map(async () => (await about(pool, 'slow', { args: { ms: '100' } })).pid))
    const running = [1, 2].map(() => about(pool, 'slow', { args: { ms: '1000' } }))
    const waiting = call(pool, 'echo')
    await until(() => pool.figures().busy === 2)
    const closed = pool.close()
    expect(await waiting).toBe('shutting-down')
    expect(await call(pool, 'echo')).toBe('shutting-down')
    expect(await Promise.all(running)).toHaveLength(2)
    await closed
    expect(pids.filter(alive)).toEqual([])
    expect(pool.figures()).toMatchObject({ busy: 0, processes: 0, crashes: 0 })
  })

  test('close ends what takes longer than its grace, and does not wait for what nobody waits for', async () => {
    const pool = await fakePool({ graceSeconds: 0.3 })
    const stuck = call(pool, 'hang')
    await until(() => pool.figures().busy === 1)
    expect(await took(() => pool.close())).toBeLessThan(700)
    expect(await stuck).toBe('shutting-down')

    const other = await fakePool({ graceSeconds: 20 })
    const before = new AbortController()
    const during = new AbortController()
    const abandoned = [before, during].map(({ signal }) => call(other, 'hang', { signal }))
    await until(() => other.figures().busy === 2)
    before.abort()
    const closed = other.close()
    during.abort()
    expect(await took(() => closed)).toBeLessThan(1000)
    expect(await Promise.all(abandoned)).toEqual(['shutting-down', 'shutting-down'])
  })

  test('a pool that is closed while it starts leaves no process', async () => {
    const pool = await fakePool({ environment: { FAKE_START: 'mute' } })
    await until(() => pool.figures().rssBytes > 0)
    expect(await took(() => pool.close())).toBeLessThan(1000)
  })

  test('when the service is killed no process outlives it: idle, waiting or busy with JavaScript without end', async () => {
    const parent = spawn(process.execPath, [fileURLToPath(new URL('../../test/fake-pool-parent.mjs', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { TMPDIR: emptyFolder() },
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pids = JSON.parse(line.toString()) as number[]
    expect(new Set(pids).size).toBe(3)
    expect(pids.every(alive)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !pids.some(alive))
  })
})
