import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Settings } from '../../config/read.ts'
import { Failure } from '../../errors.ts'
import type { S3 } from '../../s3/s3.ts'
import { keysOfObject } from '../lambda/originals-in-buckets.ts'
import { Misuse } from './command.ts'

/** Where keys of originals come from, one after the other. */
export type Keys = AsyncIterable<string>

export async function* keysOfWords(words: readonly string[]): Keys {
  yield* words
}

/** The lines of a file, `-` for standard input; empty ones are none. */
export async function* keysOfFile(file: string, folder: string): Keys {
  const input = file === '-' ? process.stdin : createReadStream(resolve(folder, file))
  const failed = new Promise<never>((_, reject) => {
    input.once('error', (cause: Error) => reject(new Misuse(`--keys: "${file}" cannot be read: ${cause.message}.`)))
  })
  failed.catch(() => {}) // told by the race below, or nobody waits any more
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await Promise.race([lines.next(), failed])
    if (done === true) return
    if (value !== '') yield value
  }
}

/** The originals in a bucket of a source, by the keys under which they are asked for, in the order of the bucket. Folders are no originals. */
export async function* keysOfBucket(s3: S3, settings: Settings, bucket: string, prefix: string, signal: AbortSignal): Keys {
  let after: string | undefined
  do {
    const page = await s3.list(bucket, { prefix, ...(after === undefined ? {} : { after }) }, signal)
    if (page instanceof Failure) throw page
    for (const { key, bytes } of page.objects) {
      const [asked] = keysOfObject(settings, bucket, key)
      if (asked !== undefined && bytes > 0 && !key.endsWith('/')) yield asked
    }
    after = page.next
  } while (after !== undefined)
}

/** What comes behind a key, as it was told when it stopped. Keys of a bucket are in order; where that one is gone, the next begins. */
export async function* behind(keys: Keys, last: string, inOrder: boolean): Keys {
  let found = false
  for await (const key of keys) {
    if (found) yield key
    else if (key === last) found = true
    else if (inOrder && Buffer.compare(Buffer.from(key), Buffer.from(last)) > 0) {
      found = true
      yield key
    }
  }
  if (!found) throw new Misuse(`--after: "${last}" is none of the keys.`)
}
