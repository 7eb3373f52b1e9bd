import type { Validators } from '../sources/source.ts'
import type { Meta } from '../stores/store.ts'

/** What is known of an original's version. JSON-serialisable, so that it can lie beside a result. */
export type Version = {
  readonly stamp: string
  readonly etag?: string
  readonly lastModified?: string
  /** Milliseconds since 1970. */
  readonly freshUntil: number
  readonly noStore: boolean
}

/** What its source tells it by. */
export function validatorsOf(version: Version | undefined): Validators | undefined {
  if (version?.etag === undefined && version?.lastModified === undefined) return undefined
  const { etag, lastModified } = version
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) }
}

export function toMeta(version: Version): Meta {
  return { ...version }
}

export function readVersion(meta: Meta): Version | undefined {
  const { stamp, etag, lastModified, freshUntil, noStore } = meta
  if (typeof stamp !== 'string' || typeof freshUntil !== 'number') return undefined
  return {
    stamp,
    ...(typeof etag === 'string' ? { etag } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
    freshUntil,
    noStore: noStore === true,
  }
}
