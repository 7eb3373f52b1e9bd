import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { zip } from './zip.ts'

const files = [
  { name: 'index.mjs', bytes: Buffer.from('export {}\n') },
  { name: 'node_modules/a/b.node', bytes: Buffer.alloc(400_000, 'x'), executable: true },
]

/** Name, time and mode of each entry, as the directory at the end of the archive tells them. */
function entries(bytes: Uint8Array): { name: string; time: number; mode: number; system: number }[] {
  const view = Buffer.from(bytes)
  const found = []
  for (let at = view.indexOf('PK\u0001\u0002'); at >= 0; at = view.indexOf('PK\u0001\u0002', at + 46)) {
    const name = view.toString('utf8', at + 46, at + 46 + view.readUInt16LE(at + 28))
    found.push({ name, time: view.readUInt32LE(at + 12), mode: view.readUInt32LE(at + 38) >>> 16, system: view.readUInt8(at + 5) })
  }
  return found
}

test('the same files make the same bytes, whatever their order', async () => {
  const made = await zip(files)
  expect(Buffer.from(made).equals(await zip([...files].reverse()))).toBe(true)
  expect(Object.keys(unzipSync(made))).toEqual(['index.mjs', 'node_modules/a/b.node'])
})

test('every file carries its mode, as a Unix archive, and no time of day', async () => {
  const [first, second] = entries(await zip(files))
  expect(first).toMatchObject({ name: 'index.mjs', mode: 0o100644, system: 3 })
  expect(second).toMatchObject({ name: 'node_modules/a/b.node', mode: 0o100755, system: 3, time: first?.time })
})

test('contents come back as they went in', async () => {
  const out = unzipSync(await zip(files))
  for (const { name, bytes } of files) expect(Buffer.from(out[name] ?? []).equals(bytes)).toBe(true)
})
