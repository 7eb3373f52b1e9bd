import type { Format } from '../recipe/output.ts'
import type { Entry, Meta } from '../stores/store.ts'
import { readVersion, toMeta, type Version } from './version.ts'

/** A result with all that an answer needs to say of it. */
export type Result = {
  readonly body: Buffer
  readonly etag: string
  readonly format: Format
  readonly width: number
  readonly height: number
  readonly frames: number
  /** Version of the original that it was made of; good for as long as the shortest-lived of what it was made of. */
  readonly version: Version
  /** Stamps of the overlays' originals, in their order. */
  readonly overlays: readonly string[]
}

/** What is kept beside the bytes. */
export function metaOf({ body: _body, version, ...rest }: Result): Meta {
  return { ...rest, version: toMeta(version) }
}

/** The result in an entry; `undefined` when it is none of this version's. */
export function readResult({ meta, body }: Entry): Result | undefined {
  const { etag, format, width, height, frames, version, overlays } = meta
  const read = typeof version === 'object' && version !== null && !Array.isArray(version) ? readVersion(version as Meta) : undefined
  if (read === undefined || typeof etag !== 'string' || typeof format !== 'string' || !Array.isArray(overlays)) return undefined
  if (typeof width !== 'number' || typeof height !== 'number' || typeof frames !== 'number') return undefined
  return { body, etag, format: format as Format, width, height, frames, version: read, overlays: overlays.map(String) }
}
