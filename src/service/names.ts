import { hash } from 'node:crypto'

/** A name for a store: 32 hex digits of SHA-256 over the parts, each with its length before it, so that no two lists share a name. */
export function nameOf(...parts: readonly string[]): string {
  return hash('sha256', parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('')).slice(0, 32)
}

/** The name under which an original's own bytes are kept, below the original's name. */
export const originalEntry = nameOf('original')

/**
 * The name of an original: every entry that came of it lies below.
 * @param source  Name of its source, so that `cat.jpg` and `photos:cat.jpg` are one where `photos` is the default.
 */
export const originalName = (source: string, key: string): string => nameOf('key', source, key)

/**
 * The name of a result below its original's.
 * @param engine  Versions of all that shapes pixels.
 * @param recipe  Canonical text, after negotiation.
 */
export const resultName = (engine: string, recipe: string): string => nameOf('result', engine, recipe)

/** What tells one version of an original from the next: its validators, or else a digest of its bytes. */
export function stampOf(validators: { readonly etag?: string; readonly lastModified?: string }, bytes: Buffer): string {
  if (validators.etag !== undefined) return etagStamp(validators.etag)
  if (validators.lastModified !== undefined) return nameOf('modified', validators.lastModified, String(bytes.length))
  return hash('sha256', bytes).slice(0, 32)
}

/** The same, where an etag is all that is needed. */
export const etagStamp = (etag: string): string => nameOf('etag', etag)

/** The strong entity tag of a result. @see RFC 9110, 8.8.3 */
export const entityTag = (result: string, stamps: readonly string[]): string => `"${nameOf('etag', result, ...stamps)}"`
