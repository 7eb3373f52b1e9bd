import type { Entry, Meta } from './store.ts'

/**
 * An entry as an object. The facts are metadata, so that they can be renewed without sending the body again: base64url of their JSON, because
 * metadata is ASCII. Facts too long for that stand in front of the body, and the metadata says how many bytes they take: `.312`.
 */

/** The one name of metadata that is used. */
const factsName = 'tintype'

/** S3 takes 2 kB of metadata, the names included; other services add their own to it. */
const longestFacts = 1800

/** An object's body and its metadata. */
export type Packed = { readonly body: Buffer; readonly metadata: Readonly<Record<string, string>> }

export function pack({ meta, body }: Entry): Packed {
  const metadata = packMeta(meta)
  if (metadata !== undefined) return { body, metadata }
  const facts = Buffer.from(JSON.stringify(meta))
  return { body: Buffer.concat([facts, body]), metadata: { [factsName]: `.${facts.length}` } }
}

/** The facts as metadata; `undefined` where they are too long for it. */
export function packMeta(meta: Meta): Packed['metadata'] | undefined {
  const facts = Buffer.from(JSON.stringify(meta)).toString('base64url')
  return facts.length > longestFacts ? undefined : { [factsName]: facts }
}

/** Do the facts of this object stand in front of its body? */
export function isFramed(metadata: Packed['metadata']): boolean {
  return metadata[factsName]?.startsWith('.') === true
}

/** The entry that an object holds; `undefined` for one that is not of our making. */
export function unpack({ body, metadata }: Packed): Entry | undefined {
  const facts = metadata[factsName]
  if (facts === undefined) return undefined
  const length = isFramed(metadata) ? Number(facts.slice(1)) : 0
  if (!Number.isInteger(length) || length < 0 || length > body.length) return undefined
  const json = isFramed(metadata) ? body.subarray(0, length) : Buffer.from(facts, 'base64url')
  const meta = parse(json)
  return meta === undefined ? undefined : { meta, body: body.subarray(length) }
}

function parse(json: Buffer): Meta | undefined {
  try {
    const meta: unknown = JSON.parse(json.toString())
    return typeof meta === 'object' && meta !== null ? (meta as Meta) : undefined
  } catch {
    return undefined // not of our making
  }
}
