// The zips themselves: binaries for the machine that each is named for, the same program in both, modes that Lambda can read.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import { openChecks } from './checks.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const name = 'zips'

/** Machine of an ELF file, at byte 18. @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const machines = { x64: 0x3e, arm64: 0xb7 }

/** @param {{ log: (line: string) => void }} tools */
export async function run({ log }) {
  const { check, counts } = openChecks(log)
  const zips = {}
  for (const architecture of Object.keys(machines)) {
    zips[architecture] = unzipSync(await readFile(join(root, `dist-aws/tintype-lambda-${architecture}.zip`)))
  }
  const isBinary = (path) => /\.(?:node|so[\d.]*)$/.test(path)

  for (const [architecture, machine] of Object.entries(machines)) {
    const files = Object.entries(zips[architecture])
    await check(`the ${architecture} zip holds binaries for Linux on ${architecture}, and no others`, (assert) => {
      const binaries = files.filter(([path]) => isBinary(path))
      assert.equal(binaries.length, 2, 'sharp and libvips')
      for (const [path, bytes] of binaries) {
        assert.equal(Buffer.from(bytes.subarray(0, 5)).toString('latin1'), '\x7fELF\x02', path)
        assert.equal(Buffer.from(bytes).readUInt16LE(18), machine, path)
      }
      const elsewhere = files.filter(
        ([path, bytes]) => !isBinary(path) && Buffer.from(bytes.subarray(0, 4)).toString('latin1') === '\x7fELF',
      )
      assert.deepEqual(elsewhere, [])
    })
    await check(`the ${architecture} zip unpacks to less than Lambda takes`, (assert) => {
      assert.ok(files.reduce((sum, [, bytes]) => sum + bytes.length, 0) < 250 * 2 ** 20)
    })
    await check(`the ${architecture} zip holds what the licences ask for, and nothing that only developers read`, (assert) => {
      const paths = files.map(([path]) => path)
      for (const path of [
        'LICENSE',
        'NOTICES',
        `node_modules/@img/sharp-linux-${architecture}/LICENSE`,
        `node_modules/@img/sharp-libvips-linux-${architecture}/README.md`,
      ]) {
        assert.ok(paths.includes(path), path)
      }
      assert.deepEqual(
        paths.filter((path) => /\.(?:d\.[cm]?ts|map)$|\/test\//.test(path)),
        [],
      )
    })
  }

  await check('both zips hold the same program', (assert) => {
    const program = (files) => Object.entries(files).filter(([path]) => !path.startsWith('node_modules/@img/sharp-'))
    const [x64, arm64] = [program(zips.x64), program(zips.arm64)]
    assert.deepEqual(
      x64.map(([path]) => path),
      arm64.map(([path]) => path),
    )
    for (const [path, bytes] of x64) assert.ok(Buffer.from(bytes).equals(zips.arm64[path]), path)
  })
  return counts
}
