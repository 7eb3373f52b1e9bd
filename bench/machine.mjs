import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import sharp from 'sharp'

/** What the figures are figures of. */
export function machine() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return {
    machine: `${cpus().length} cores of ${(cpus()[0]?.model ?? 'an unknown kind').trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    versions: `Tintype ${version}, Node ${process.version}, sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`,
  }
}
