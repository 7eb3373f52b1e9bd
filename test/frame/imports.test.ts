import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file, a line planted in it, and whether the lint of this project lets it stand. */
const planted: readonly [file: string, line: string, allowed?: 'allowed'][] = [
  ['src/errors.ts', "import './schema/field.ts'"],
  ['src/schema/a.ts', "import '../errors.ts'", 'allowed'],
  ['src/schema/a.ts', "import '../recipe/recipe.ts'"],
  ['src/schema/a.ts', "import 'node:fs'"],
  ['src/recipe/a.ts', "import '../schema/field.ts'", 'allowed'],
  ['src/recipe/a.ts', "import '../geometry/plan.ts'"],
  ['src/recipe/a.ts', "import '../version.ts'"],
  ['src/geometry/a.ts', "import '../recipe/recipe.ts'", 'allowed'],
  ['src/geometry/a.ts', "import type { A } from '../pixels/a.ts'"],
  ['src/geometry/a.ts', "import '../filters/filter.ts'"],
  ['src/geometry/a.ts', "import 'sharp'"],
  ['src/geometry/a.ts', "import 'node:fs/promises'"],
  ['src/filters/a.ts', "import '../geometry/slots.ts'", 'allowed'],
  ['src/filters/a.ts', "import type { Sharp } from 'sharp'", 'allowed'],
  ['src/filters/a.ts', "import sharp from 'sharp'"],
  ['src/filters/a.ts', "await import('sharp')"],
  ['src/filters/a.ts', "import '../pixels/look.ts'"],
  ['src/filters/a.ts', "import './all.ts'"],
  ['src/dialects/a.ts', "import '../recipe/recipe.ts'", 'allowed'],
  ['src/dialects/a.ts', "import '../filters/filter.ts'", 'allowed'],
  ['src/dialects/a.ts', "import '../geometry/plan.ts'", 'allowed'],
  ['src/dialects/a.ts', "import '../geometry/planner.ts'"],
  ['src/dialects/a.ts', "import '../filters/all.ts'"],
  ['src/dialects/a.ts', "import '../filters/blur.ts'"],
  ['src/dialects/a.ts', "import '../sources/source.ts'"],
  ['src/dialects/a.ts', "import '../service/ask.ts'"],
  ['src/outbound/a.ts', "import '../errors.ts'", 'allowed'],
  ['src/outbound/a.ts', "import 'undici'", 'allowed'],
  ['src/outbound/a.ts', "import '../s3/s3.ts'"],
  ['src/outbound/a.ts', "import '../sources/source.ts'"],
  ['src/outbound/a.ts', 'process.env.HOME'],
  ['src/s3/a.ts', "import '../outbound/exchange.ts'", 'allowed'],
  ['src/s3/a.ts', "import '../version.ts'", 'allowed'],
  ['src/s3/a.ts', "import '../sources/source.ts'"],
  ['src/s3/a.ts', "import '../config/tree.ts'"],
  ['src/s3/a.ts', 'fetch'],
  ['src/s3/a.ts', 'process.env.AWS_REGION'],
  ['src/s3/environment.ts', 'process.env.AWS_REGION', 'allowed'],
  ['src/sources/a.ts', "import 'node:http'", 'allowed'],
  ['src/sources/a.ts', "import '../s3/client.ts'", 'allowed'],
  ['src/stores/a.ts', "import '../s3/client.ts'", 'allowed'],
  ['src/stores/a.ts', "import '../outbound/exchange.ts'"],
  ['src/service/a.ts', "import '../s3/s3.ts'"],
  ['src/sources/a.ts', "import 'undici'", 'allowed'],
  ['src/sources/a.ts', "import '../stores/store.ts'"],
  ['src/sources/a.ts', "import '../dialects/dialect.ts'"],
  ['src/sources/a.ts', "export * from '../recipe/recipe.ts'"],
  ['src/stores/a.ts', "import 'node:fs'", 'allowed'],
  ['src/stores/a.ts', "import 'undici'"],
  ['src/stores/a.ts', "import 'node:https'"],
  ['src/stores/a.ts', "import '../sources/source.ts'"],
  ['src/stores/a.ts', 'fetch'],
  ['src/stores/a.ts', 'process.env.HOME'],
  ['src/stores/disk.ts', 'process.env.HOME', 'allowed'],
  ['src/pixels/a.ts', "import sharp from 'sharp'", 'allowed'],
  ['src/pixels/a.ts', "import 'node:net'", 'allowed'],
  ['src/pixels/a.ts', "import '../filters/filter.ts'", 'allowed'],
  ['src/pixels/a.ts', "import '../filters/all.ts'"],
  ['src/pixels/a.ts', "import '../dialects/dialect.ts'"],
  ['src/pixels/a.ts', "import './detectors/detector.ts'", 'allowed'],
  ['src/pixels/a.ts', "import './detectors/all.ts'"],
  ['src/pixels/detectors/a.ts', "import '../../geometry/facts.ts'", 'allowed'],
  ['src/pixels/detectors/a.ts', "import '../raw.ts'"],
  ['src/pixels/detectors/a.ts', "import type { Sharp } from 'sharp'"],
  ['src/pixels/a.ts', "import 'node:http'"],
  ['src/pixels/a.ts', 'process.env.HOME'],
  ['src/pixels/sharp.ts', 'process.env.HOME', 'allowed'],
  ['src/service/a.ts', "import '../sources/source.ts'", 'allowed'],
  ['src/service/a.ts', "import '../pixels/renderer.ts'", 'allowed'],
  ['src/service/a.ts', "import '../pixels/pool.ts'"],
  ['src/service/a.ts', "import '../sources/http.ts'"],
  ['src/service/a.ts', "import '../dialects/all.ts'"],
  ['src/service/a.ts', "import '../config/tree.ts'"],
  ['src/service/a.ts', "await import('sharp')"],
  ['src/service/a.ts', "import 'node:http'"],
  ['src/service/a.ts', "import { env } from 'node:process'"],
  ['src/config/a.ts', "import '../stores/all.ts'", 'allowed'],
  ['src/config/a.ts', "import '../service/settings.ts'", 'allowed'],
  ['src/config/a.ts', "import '../service/service.ts'"],
  ['src/config/a.ts', "import '../compose.ts'"],
  ['src/config/a.ts', 'process.env.HOME'],
  ['src/migrate/a.ts', "import '../config/tree.ts'"],
  ['src/migrate/a.ts', "import 'node:fs'"],
  ['src/compose.ts', "import './sources/all.ts'", 'allowed'],
  ['src/compose.ts', "import sharp from 'sharp'"],
  ['src/compose.ts', "import './runtimes/node.ts'"],
  ['src/compose.ts', 'process.env.HOME'],
  ['src/runtimes/a.ts', 'process.env.HOME', 'allowed'],
  ['src/runtimes/a.ts', "import 'node:http'", 'allowed'],
  ['src/runtimes/a.ts', "import '../compose.ts'", 'allowed'],
  ['src/runtimes/a.ts', "import '../dialects/native.ts'"],
  ['src/runtimes/a.ts', "import '../filters/all.ts'"],
  ['src/runtimes/render-process.ts', "import '../filters/all.ts'", 'allowed'],
  ['src/runtimes/cli/a.ts', "import '../../dialects/all.ts'"],
  ['src/runtimes/cli/a.ts', "import 'undici'"],
  ['infra/a.ts', "import 'tintype/sign'", 'allowed'],
  ['infra/a.ts', "import '../src/sign.ts'"],
  ['infra/a.ts', 'process.env.HOME'],
  ['src/stores/a.test.ts', "import '../sources/all.ts'", 'allowed'],
]

describe('the floors of the house', () => {
  let folder = ''
  let refused: ReadonlySet<string> = new Set()
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-imports-'))
    const config = await readFile(join(root, 'biome.jsonc'), 'utf8')
    await writeFile(join(folder, 'biome.jsonc'), config.replace(/"vcs": \{[^}]*\},/, ''))
    for (const file of new Set(planted.map(([file]) => file))) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), linesOf(file).join('\n'))
    }
    // Two that need each other: a cycle.
    await writeFile(join(folder, 'src/schema/one.ts'), "import { two } from './two.ts'\nexport const one = () => two()\n")
    await writeFile(join(folder, 'src/schema/two.ts'), "import { one } from './one.ts'\nexport const two = () => one()\n")
    refused = await lint(folder)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(planted)('%s | %s | %s', (file, line, allowed) => {
    expect(refused.has(`${file}:${linesOf(file).indexOf(line) + 1}`)).toBe(allowed === undefined)
  })

  it('holds no cycle', () => {
    expect(refused).toContain('src/schema/one.ts:1')
    expect(refused).toContain('src/schema/two.ts:1')
  })
})

function linesOf(file: string): readonly string[] {
  return planted.filter(([name]) => name === file).map(([, line]) => line)
}

/** `file:line` of whatever the rules about imports and the environment refuse. */
async function lint(folder: string): Promise<ReadonlySet<string>> {
  const rules = ['style/noRestrictedImports', 'style/noRestrictedGlobals', 'style/noProcessEnv', 'suspicious/noImportCycles']
  const args = ['lint', ...rules.map((rule) => `--only=${rule}`), '--reporter=github', '--max-diagnostics=none', folder]
  const told = await new Promise<string>((resolve) => {
    execFile(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), ...args], { cwd: folder }, (_, stdout) =>
      resolve(stdout),
    )
  })
  const places = [...told.matchAll(/^::error .*?file=([^,]+),line=(\d+)/gm)]
  return new Set(places.map(([, file = '', line]) => `${file.replaceAll('\\', '/').replace(/^.*?(?=src\/|infra\/)/, '')}:${line}`))
}
