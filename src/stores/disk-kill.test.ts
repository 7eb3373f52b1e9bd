import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectWhole, nameOf } from '../../test/contracts/store.ts'
import { disk } from './disk.ts'
import type { DiskStore } from './disk-store.ts'

const base = await mkdtemp(join(tmpdir(), 'tintype-kill-'))
const child = join(base, 'child.mjs')
afterAll(() => rm(base, { recursive: true, force: true }))

// Writes and renews without end, until it is killed; says so when the first entry is written.
const script = `
import { disk } from './built/stores/disk.js'
const store = await disk.open({ folder: process.argv[2], bytes: 2 ** 30, files: 10000 })
const { signal } = new AbortController()
const name = (n) => n.toString(16).padStart(16, '0')
const write = async (n) => {
  for (;; n = (n + 4) % 251) {
    const length = (n * 7919) % 300000
    await store.put(name(n % 5), name(n % 7), { meta: { n, length }, body: Buffer.alloc(length, n) }, signal)
    await store.touch(name(n % 5), name(n % 7), { n, length, renewed: 'x'.repeat(n) }, signal)
    process.stdout.write('.')
  }
}
for (let n = 0; n < 4; n++) void write(n)
`

beforeAll(async () => {
  // Node 20 does not run TypeScript: the store is compiled, it and what it imports.
  const options = ['--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', '--types', 'node', '--rewriteRelativeImportExtensions']
  const paths = ['--rootDir', 'src', '--outDir', join(base, 'built'), '--ignoreConfig']
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...options, ...paths, 'src/stores/disk.ts'])
  await writeFile(join(base, 'package.json'), '{"type":"module"}')
  await writeFile(child, script)
})

it('never shows a torn entry after kill -9 of a process that writes', { timeout: 60_000 }, async () => {
  const { signal } = new AbortController()
  const folder = join(base, 'store')
  await mkdir(folder)
  let whole = 0
  for (let round = 0; round < 8; round++) {
    const writer = spawn(process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(writer, 'exit')
    await once(writer.stdout, 'data')
    await new Promise((settle) => setTimeout(settle, 20 + round * 13))
    writer.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])

    const store = (await disk.open({ folder, bytes: 2 ** 30, files: 10_000 })) as DiskStore
    await store.scanned()
    for (const original of [0, 1, 2, 3, 4].map(nameOf)) {
      for (const name of [0, 1, 2, 3, 4, 5, 6].map(nameOf)) {
        const entry = await store.get(original, name, signal)
        if (entry === undefined) continue
        expectWhole(entry)
        whole++
      }
    }
    // Not even a torn file: what was not whole never left tmp.
    expect(store.figures().faults).toBe(0)
    await store.close()
  }
  expect(whole).toBeGreaterThan(8)
  expect((await readdir(join(folder, 'v1'))).sort()).toEqual(['00', 'tmp'])
})
