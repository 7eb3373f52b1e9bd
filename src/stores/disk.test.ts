import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { entryOf, expectWhole, nameOf, storeContract } from '../../test/contracts/store.ts'
import { Failure } from '../errors.ts'
import { disk } from './disk.ts'
import type { DiskStore } from './disk-store.ts'
import type { Entry, Store } from './store.ts'

const base = await fs.mkdtemp(join(tmpdir(), 'tintype-disk-'))
afterAll(() => fs.rm(base, { recursive: true, force: true }))
let folders = 0
const newFolder = (): string => join(base, `${folders++}`)

const signal = new AbortController().signal
const [a, b, c] = [nameOf(1), nameOf(2), nameOf(3)]
const fileOf = (folder: string, original: string, name: string): string => join(folder, 'v1', original.slice(0, 2), original, name)

const opened: Store[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
})

/** A store whose folder has been looked through. */
async function openDisk(folder: string, bytes = 2 ** 24, files = 10_000): Promise<DiskStore> {
  const store = (await disk.open({ folder, bytes, files })) as DiskStore
  opened.push(store)
  await store.scanned()
  return store
}

storeContract('disk', (bytes) => disk.open({ folder: newFolder(), bytes, files: 10_000 }))

describe('disk', () => {
  it('has its entries again after a restart, the last facts with them', async () => {
    const folder = newFolder()
    const before = await openDisk(folder)
    for (let n = 0; n < 30; n++) await before.put(nameOf(n % 3), nameOf(n), entryOf(n, n * 500), signal)
    await before.touch(nameOf(1), nameOf(1), { n: 1, length: 500, renewed: true }, signal)
    const { bytes } = before.figures()
    await before.close()
    const after = await openDisk(folder)
    expect(after.figures()).toMatchObject({ bytes, entries: 30 })
    for (let n = 0; n < 30; n++) expectWhole((await after.get(nameOf(n % 3), nameOf(n), signal)) as Entry)
    expect((await after.get(nameOf(1), nameOf(1), signal))?.meta).toMatchObject({ renewed: true })
  })

  it('lets go of the least lately used, also across a restart and by number of files', async () => {
    const folder = newFolder()
    const before = await openDisk(folder)
    for (let n = 0; n < 100; n++) {
      await before.put(a, nameOf(n), entryOf(n, 10), signal)
      const used = new Date(Date.now() - (1000 - n) * 60_000)
      await fs.utimes(fileOf(folder, a, nameOf(n)), used, used)
    }
    await before.close()
    // A use is written to the file, so that the next start knows it.
    const between = await openDisk(folder)
    await between.get(a, nameOf(0), signal)
    await expect.poll(async () => (await fs.stat(fileOf(folder, a, nameOf(0)))).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
    await between.close()
    const after = await openDisk(folder, 2 ** 24, 50)
    expect(after.figures()).toMatchObject({ entries: 45, evictions: 55 })
    expect((await fs.readdir(join(fileOf(folder, a, a), '..'))).length).toBe(45)
    expect(await after.get(a, nameOf(0), signal)).toBeDefined()
    expect(await after.get(a, nameOf(55), signal)).toBeUndefined()
    expect(await after.get(a, nameOf(56), signal)).toBeDefined()
  })

  it.each([
    ['a byte of the body flipped', (file: Buffer) => file.fill((file.at(-1) ?? 0) ^ 1, file.length - 1)],
    ['a byte of the facts flipped', (file: Buffer) => file.fill((file[40] ?? 0) ^ 1, 40, 41)],
    ['a byte of the head flipped', (file: Buffer) => file.fill((file[9] ?? 0) ^ 1, 9, 10)],
    ['its end cut off', (file: Buffer) => file.subarray(0, file.length - 100)],
    ['nothing in it', () => Buffer.alloc(0)],
    ['zeros in it', (file: Buffer) => file.fill(0)],
    ['garbage in it', () => Buffer.from('garbage'.repeat(100))],
  ])('has not, and removes, a file with %s', async (_, spoil) => {
    const folder = newFolder()
    const store = await openDisk(folder)
    await store.put(a, b, entryOf(1, 5000), signal)
    const path = fileOf(folder, a, b)
    await fs.writeFile(path, spoil(await fs.readFile(path)))
    expect(await store.get(a, b, signal)).toBeUndefined()
    await expect(fs.stat(path)).rejects.toThrow('ENOENT')
    expect(store.figures()).toMatchObject({ bytes: 0, entries: 0, misses: 1, faults: 1 })
    await store.put(a, b, entryOf(2, 5000), signal)
    expectWhole((await store.get(a, b, signal)) as Entry)
  })

  it('is shared: what one writes, replaces or removes the other sees', async () => {
    const folder = newFolder()
    const [one, two] = [await openDisk(folder), await openDisk(folder)]
    await one.put(a, b, entryOf(1, 100), signal)
    expectWhole((await two.get(a, b, signal)) as Entry)
    await two.put(a, b, entryOf(2, 200), signal)
    expect((await one.get(a, b, signal))?.meta).toEqual({ n: 2, length: 200 })
    await two.purge(a, signal)
    expect(await one.get(a, b, signal)).toBeUndefined()
    expect(one.figures()).toMatchObject({ bytes: 0, entries: 0, misses: 1, faults: 0 })
    const puts = Array.from({ length: 40 }, (_, n) => (n % 2 ? one : two).put(a, nameOf(n % 5), entryOf(n, n * 1000), signal))
    await Promise.all([...puts, one.purge(a, signal)])
    for (let n = 0; n < 5; n++) {
      const entry = await two.get(a, nameOf(n), signal)
      if (entry !== undefined) expectWhole(entry)
    }
    expect(one.figures().faults + two.figures().faults).toBe(0)
  })

  it('learns within the hour what another process wrote and removed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const folder = newFolder()
      const [one, two] = [await openDisk(folder), await openDisk(folder)]
      for (const name of [b, nameOf(4)]) await one.put(a, name, entryOf(1, 100), signal)
      await two.put(a, c, entryOf(2, 100), signal)
      expect([one.figures().entries, two.figures().entries]).toEqual([2, 1])
      await fs.rm(fileOf(folder, a, c))
      // What was written in the millisecond in which a scan begins is kept, though the scan does not see it.
      const written = Date.now()
      await vi.waitUntil(() => Date.now() > written, { interval: 1 })
      vi.advanceTimersByTime(3_600_000)
      await Promise.all([one.scanned(), two.scanned()])
      expect(two.figures()).toEqual({ ...one.figures(), entries: 2 })
    } finally {
      vi.useRealTimers()
    }
  })

  it('stays near its bound when several fill one folder, though none is told of what the others write', async () => {
    const folder = newFolder()
    const bound = 2 ** 21
    const stores = [await openDisk(folder, bound), await openDisk(folder, bound), await openDisk(folder, bound)]
    const sizeOfFolder = async (): Promise<number> => {
      const names = await fs.readdir(join(folder, 'v1'), { recursive: true })
      const facts = await Promise.all(names.map((name) => fs.stat(join(folder, 'v1', name)).catch(() => undefined)))
      return facts.reduce((sum, each) => sum + (each?.isFile() ? each.size : 0), 0)
    }
    let most = 0
    for (let n = 0; n < 600; n++) {
      await stores[n % 3]?.put(nameOf(n % 50), nameOf(n), entryOf(n, 20_000), signal)
      if (n % 20 === 19) most = Math.max(most, await sizeOfFolder())
    }
    expect(most).toBeGreaterThan(bound * 0.7) // twelve megabytes were written
    expect(most).toBeLessThan(bound * (1 + 3 / 16 + 0.1))
    for (const store of stores) expect(store.figures().faults).toBe(0)
  })

  it('removes what a dead process left in tmp, and only that', async () => {
    const folder = newFolder()
    await (await openDisk(folder)).close()
    const [old, young] = [join(folder, 'v1/tmp/1-old'), join(folder, 'v1/tmp/1-young')]
    for (const path of [old, young]) await fs.writeFile(path, 'half')
    const twoHoursAgo = new Date(Date.now() - 7_200_000)
    await fs.utimes(old, twoHoursAgo, twoHoursAgo)
    await openDisk(folder)
    expect(await fs.readdir(join(folder, 'v1/tmp'))).toEqual(['1-young'])
  })

  it('leaves nothing in tmp, and no folder of a purged original', async () => {
    const folder = newFolder()
    const store = await openDisk(folder)
    const leaving = new AbortController()
    const puts = Array.from({ length: 20 }, (_, n) => store.put(a, nameOf(n), entryOf(n, 500_000), leaving.signal))
    setTimeout(() => leaving.abort(), 3)
    await Promise.all(puts)
    await store.purge(a, signal)
    expect(await fs.readdir(join(folder, 'v1/tmp'))).toEqual([])
    await expect(fs.stat(join(fileOf(folder, a, b), '..'))).rejects.toThrow('ENOENT')
  })

  it('is for the eyes of its user alone', async () => {
    const folder = newFolder()
    await (await openDisk(folder)).put(a, b, entryOf(1, 1), signal)
    expect((await fs.stat(folder)).mode & 0o077).toBe(0)
    expect((await fs.stat(fileOf(folder, a, b))).mode & 0o077).toBe(0)
  })

  it.each(['ENOSPC', 'EROFS', 'EACCES'])('drops and counts a write that fails with %s, and keeps the older entry', async (code) => {
    const folder = newFolder()
    const store = await openDisk(folder)
    await store.put(a, b, entryOf(1, 100), signal)
    const real = fs.writeFile
    // The disk fails with half of the file written, as a full one does.
    fs.writeFile = async (file) => {
      await real(file, 'half')
      throw Object.assign(new Error(code), { code })
    }
    syncBuiltinESMExports()
    try {
      await store.put(a, b, entryOf(2, 100), signal)
      await store.put(a, c, entryOf(2, 100), signal)
    } finally {
      fs.writeFile = real
      syncBuiltinESMExports()
    }
    expect(store.figures()).toMatchObject({ entries: 1, faults: 2 })
    expect(await store.get(a, b, signal)).toMatchObject({ meta: { n: 1 } })
    expect(await store.get(a, c, signal)).toBeUndefined()
    expect(await fs.readdir(join(folder, 'v1/tmp'))).toEqual([])
  })

  it('lives on when its folder is pulled away', async () => {
    const folder = newFolder()
    const store = await openDisk(folder)
    await store.put(a, b, entryOf(1, 100), signal)
    await fs.rm(folder, { recursive: true })
    await fs.writeFile(folder, 'a file now')
    expect(await store.get(a, b, signal)).toBeUndefined()
    await store.put(a, b, entryOf(1, 100), signal)
    await store.touch(a, b, {}, signal)
    expect(await store.purge(a, signal)).toBe(0)
    expect(store.figures().faults).toBeGreaterThan(0)
  })

  it('does not say that it purged what it could not remove', async () => {
    const folder = newFolder()
    const store = await openDisk(folder)
    await store.put(a, b, entryOf(1, 100), signal)
    // A folder in the place of a file: nobody can unlink it, not even root.
    await fs.rm(fileOf(folder, a, b))
    await fs.mkdir(fileOf(folder, a, b))
    await store.put(a, c, entryOf(2, 100), signal)
    await expect(store.purge(a, signal)).rejects.toMatchObject({ code: 'internal' })
    expect(await store.get(a, c, signal)).toBeUndefined()
    expect(store.figures().faults).toBe(1)
  })

  it('drops and counts writes when too many wait', async () => {
    const store = await openDisk(newFolder(), 2 ** 30)
    await Promise.all(Array.from({ length: 400 }, (_, n) => store.put(a, nameOf(n), entryOf(n, 10), signal)))
    expect(store.figures()).toMatchObject({ entries: 264, faults: 136 })
  })

  it('finishes what is being written before it closes', async () => {
    const folder = newFolder()
    const store = await openDisk(folder)
    for (let n = 0; n < 20; n++) void store.put(a, nameOf(n), entryOf(n, 100_000), signal)
    await store.close()
    expect((await openDisk(folder)).figures().entries).toBe(20)
  })

  it('does not open on a folder that cannot be made or written', async () => {
    const file = join(base, 'file')
    await fs.writeFile(file, '')
    for (const folder of [file, join(file, 'below'), ...(process.platform === 'linux' ? ['/proc/tintype/below'] : [])]) {
      const failure = await disk.open({ folder, bytes: 2 ** 20, files: 100 }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Failure)
      expect(failure).toMatchObject({ code: 'setting-invalid', detail: { parameter: 'TINTYPE_STORE_DISK_FOLDER' } })
    }
  })
})
