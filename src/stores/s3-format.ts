import { createHash } from 'node:crypto'
import type { Entry, Meta } from './store.ts'

/**
 * An entry as an object. The facts are metadata, so that they can be renewed without sending the body again: base64url of their JSON, because
 * metadata is ASCII. Facts too long for that stand in front of the body, and the metadata says how many bytes they take: `.312`.
 * Beside the facts stands a sum of the body that they are of. Who renews facts asks for that only where the body is still the same, but not every
 * service looks at such a condition of a copy (Ceph has another name for it), and facts of another body must never be served with this one.
 */

/** The names of metadata that are used. */
const factsName = 'tintype'
const sumName = 'tintype-body'

/** S3 takes 2 kB of metadata, the names included; other services add their own to it. */
const longestFacts = 1800

/** An object's body and its metadata. */
export type Packed = { readonly body: Buffer; readonly metadata: Readonly<Record<string, string>> }

export function pack({ meta, body }: Entry): Packed {
  const facts = packMeta(meta)
  if (facts !== undefined) return { body, metadata: { [factsName]: facts, [sumName]: sumOf(body) } }
  const json = Buffer.from(JSON.stringify(meta))
  const framed = Buffer.concat([json, body])
  return { body: framed, metadata: { [factsName]: `.${json.length}`, [sumName]: sumOf(framed) } }
}

/** The metadata of an object with other facts; `undefined` where these cannot stand there, and the body has to be written too. */
export function renew(metadata: Packed['metadata'], meta: Meta): Packed['metadata'] | undefined {
  const facts = packMeta(meta)
  const sum = metadata[sumName]
  return facts === undefined || sum === undefined || isFramed(metadata) ? undefined : { [factsName]: facts, [sumName]: sum }
}

/** The facts as text of metadata; `undefined` where they are too long for it. */
function packMeta(meta: Meta): string | undefined {
  const facts = Buffer.from(JSON.stringify(meta)).toString('base64url')
  return facts.length > longestFacts ? undefined : facts
}

/** Do the facts of this object stand in front of its body? */
function isFramed(metadata: Packed['metadata']): boolean {
  return metadata[factsName]?.startsWith('.') === true
}

/** The entry that an object holds; `undefined` for one that is not of our making, or whose facts are of another body. */
export function unpack({ body, metadata }: Packed): Entry | undefined {
  const facts = metadata[factsName]
  if (facts === undefined || metadata[sumName] !== sumOf(body)) return undefined
  const length = isFramed(metadata) ? Number(facts.slice(1)) : 0
  if (!Number.isInteger(length) || length < 0 || length > body.length) return undefined
  const json = isFramed(metadata) ? body.subarray(0, length) : Buffer.from(facts, 'base64url')
  const meta = parse(json)
  return meta === undefined ? undefined : { meta, body: body.subarray(length) }
}

/** 128 bits tell any two bodies apart. */
function sumOf(body: Buffer): string {
  return createHash('sha256').update(body).digest().subarray(0, 16).toString('base64url')
}

function parse(json: Buffer): Meta | undefined {
  try {
    const meta: unknown = JSON.parse(json.toString())
    return typeof meta === 'object' && meta !== null ? (meta as Meta) : undefined
  } catch {
    return undefined // not of our making
  }
}
