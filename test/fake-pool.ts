import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'
import { Failure } from '../src/errors.ts'
import type { Limits } from '../src/geometry/limits.ts'
import { openPool, type PoolOptions } from '../src/pixels/pool.ts'
import type { Job, JobOriginal, Renderer } from '../src/pixels/renderer.ts'
import { recipe } from '../src/recipe/recipe.ts'

/** Needs `npm run build`: the fake process speaks through the built files, as the real one does. */
const entry = fileURLToPath(new URL('./fake-render-process.mjs', import.meta.url))

const opened: Renderer[] = []
afterEach(async () => void (await Promise.all(opened.splice(0).map((pool) => pool.close()))))

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder; removed after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tintype-test-'))
  folders.push(folder)
  return folder
}

/** A pool of fake render processes; closed after the test. */
export async function fakePool(options: Partial<PoolOptions> = {}): Promise<Renderer> {
  const pool = await openPool({ entry, processes: 2, spare: 1, graceSeconds: 0.1, ...options })
  opened.push(pool)
  return pool
}

export const limits = { renderSeconds: 5, svgSeconds: 5, memoryBytes: 1e9 } as Limits

export type Call = {
  readonly args?: Readonly<Record<string, string>>
  readonly originals?: readonly JobOriginal[]
  readonly limits?: Partial<Limits>
  readonly signal?: AbortSignal
}

export const job = (name: string, { args = {}, originals = [], limits: given = {} }: Call = {}): Job => ({
  recipe: recipe([{ kind: 'filter', name, args }]),
  originals,
  limits: { ...limits, ...given },
})

/** What a fake process returned for this command, or the code of the failure. */
export async function call(pool: Renderer, name: string, given: Call = {}): Promise<Buffer | string> {
  const answer = await pool.render(job(name, given), given.signal ?? new AbortController().signal)
  return answer instanceof Failure ? answer.code : answer.bytes
}

export type AboutProcess = {
  readonly pid: number
  readonly jobs: number
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly folder: string
  readonly files: readonly string[]
}

/** What one of the processes says about itself. */
export async function about(pool: Renderer, name = 'about', given: Call = {}): Promise<AboutProcess> {
  const answer = await call(pool, name, given)
  if (typeof answer === 'string') throw new Error(`Expected an answer, got ${answer}.`)
  return JSON.parse(answer.toString()) as AboutProcess
}

export function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Waits until that holds, and fails after five seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 5000
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Waited in vain for: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Milliseconds that something takes. */
export async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
