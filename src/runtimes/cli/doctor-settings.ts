import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSources, presetProblem, wordsOf } from '../../compose.ts'
import { cacheFolder } from '../../config/places.ts'
import type { Settings } from '../../config/read.ts'
import { printBytes } from '../../service/ink.ts'
import { accessChecks } from './doctor-access.ts'
import { systemChecks } from './doctor-system.ts'
import type { Finding } from './finding.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Checks of what the settings name. */
export async function settingsChecks(settings: Settings, env: Environment): Promise<readonly Finding[]> {
  return [
    ...presetCheck(settings),
    ...accessChecks(settings),
    await cacheCheck(settings, env),
    memoryCheck(settings, env, usesGlibc()),
    ...(await systemChecks(settings)),
    ...(await sourceChecks(settings)),
  ]
}

/** What the start would refuse. */
function presetCheck(settings: Settings): readonly Finding[] {
  const problem = presetProblem(wordsOf(settings))
  if (problem === undefined) return []
  return [{ name: 'presets', state: 'fail', message: problem.message, mend: 'Mend the parameters of this preset.' }]
}

async function cacheCheck(settings: Settings, env: Environment): Promise<Finding> {
  const { store } = settings
  if (!store.kinds.includes('disk')) return { name: 'cache', state: 'ok', message: `In memory alone, ${printBytes(store.memory.bytes)}.` }
  const folder = cacheFolder(settings, env)
  const probe = join(folder, `.doctor-${process.pid}`)
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(probe, 'x')
    await rm(probe)
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    return {
      name: 'cache',
      state: 'fail',
      message: `${folder} cannot be written${why}.`,
      mend: 'Name another folder in TINTYPE_STORE_DISK_FOLDER.',
    }
  }
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const message = `${folder}, up to ${printBytes(store.disk.bytes)}; ${printBytes(free)} are free there.`
  if (free >= store.disk.bytes) return { name: 'cache', state: 'ok', message }
  return {
    name: 'cache',
    state: 'warn',
    message,
    mend: 'Lower TINTYPE_STORE_DISK_BYTES, or name a larger disk in TINTYPE_STORE_DISK_FOLDER.',
  }
}

/** The allocator of glibc keeps what many threads have freed; one arena, or another allocator, gives it back. */
export function memoryCheck({ render }: Settings, env: Environment, glibc: boolean): Finding {
  const name = 'memory'
  if (!glibc) return { name, state: 'ok', message: 'No glibc here, whose allocator would keep freed memory.' }
  if (/jemalloc|mimalloc|tcmalloc/.test(env.LD_PRELOAD ?? '')) return { name, state: 'ok', message: `Allocator: ${env.LD_PRELOAD}.` }
  if (render.form === 'pool')
    return { name, state: 'ok', message: 'Render processes run with MALLOC_ARENA_MAX=2 and, where the system gives them, huge pages.' }
  if (env.MALLOC_ARENA_MAX !== undefined) return { name, state: 'ok', message: `MALLOC_ARENA_MAX=${env.MALLOC_ARENA_MAX}.` }
  return {
    name,
    state: 'warn',
    message: "glibc's allocator keeps freed memory: the process may grow to twice what it needs.",
    mend: 'Start it with MALLOC_ARENA_MAX=2, or with jemalloc in LD_PRELOAD.',
  }
}

/** Node's report knows which C library it runs on. */
function usesGlibc(): boolean {
  if (process.platform !== 'linux') return false
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } }
  return header?.glibcVersionRuntime !== undefined
}

async function sourceChecks(settings: Settings): Promise<readonly Finding[]> {
  const sources = openSources(settings)
  if (sources.size === 0) {
    return [
      {
        name: 'sources',
        state: 'warn',
        message: 'There are no originals.',
        mend: 'Name a folder (TINTYPE_SOURCE_FILE_ROOT) or hosts (TINTYPE_SOURCE_HTTP_ALLOW).',
      },
    ]
  }
  return Promise.all(
    [...sources].map(async ([name, source]): Promise<Finding> => {
      const { ok, message } = await source
        .check(AbortSignal.timeout(15_000))
        .catch((thrown: unknown) => ({ ok: false, message: thrown instanceof Error ? thrown.message : String(thrown) }))
      await source.close()
      if (ok) return { name: 'source', state: 'ok', message: `${name}: ${message}` }
      return { name: 'source', state: 'fail', message: `${name}: ${message}`, mend: 'Check its settings: tintype config' }
    }),
  )
}
