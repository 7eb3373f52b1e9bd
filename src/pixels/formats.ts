import { type SourceFormat, sourceFormats } from '../geometry/facts.ts'
import { type Format, formats } from '../recipe/output.ts'
import type { Formats } from './renderer.ts'
import type { SharpModule } from './sharp.ts'

/** What libvips calls a format where its name is another: AVIF is HEIF with AV1 in it. */
const vipsName = (format: SourceFormat | Format): string => (format === 'avif' ? 'heif' : format)

/** What this build of libvips can really read from and write to memory, among our formats. */
export function formatsOf(sharp: SharpModule): Formats {
  const table = new Map<string, { readonly input: { readonly buffer: boolean }; readonly output: { readonly buffer: boolean } }>(
    Object.entries(sharp.format),
  )
  return {
    versions: Object.fromEntries(Object.entries(sharp.versions).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    read: sourceFormats.filter((format) => table.get(vipsName(format))?.input.buffer === true),
    write: formats.filter((format) => table.get(vipsName(format))?.output.buffer === true),
  }
}
