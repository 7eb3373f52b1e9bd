import { Failure } from '../errors.ts'
import { openS3 } from '../s3/client.ts'
import { patienceFields, placeFields } from '../s3/fields.ts'
import { bucketPattern } from '../s3/names.ts'
import { S3Error } from '../s3/refusals.ts'
import { clip } from '../schema/field.ts'
import { boolean, list, text } from '../schema/fields.ts'
import { freshnessOf, validatorsOf } from './http-freshness.ts'
import { defineSource } from './source.ts'

/** Where a key lies. */
type Place = { readonly bucket: string; readonly key: string }

/** Originals in a bucket of S3, or of another service that speaks it; in further buckets, by name, where the operator lists them. */
export const s3 = defineSource({
  name: 's3',
  doc: 'Originals in buckets of Amazon S3, or of another service that speaks it.',
  options: {
    ...placeFields,
    buckets: list(text({ doc: 'A bucket.', max: 255, pattern: bucketPattern, expected: 'the name of a bucket' }), {
      doc: 'Further buckets whose originals may be asked for: s3://BUCKET/KEY. For the source without a name alone.',
      fallback: [],
    }),
    anonymous: boolean({ doc: 'Sends no credentials: for buckets that are open to all.', fallback: false }),
    ...patienceFields(10, 2),
  },
  writes: true,
  open({ bucket, prefix, buckets, ...options }, { maxBytes }) {
    if (bucket === undefined)
      throw new Failure('setting-invalid', 'bucket: expected the name of a bucket, got nothing.', { parameter: 'bucket' })
    const client = openS3(options)

    /** A key of the bucket, or `//bucket/key`, whose bucket must be on the list; in the source's own bucket it stays below the prefix. */
    function placeOf(key: string): Place | Failure {
      const [, other, rest] = /^\/\/([^/]*)\/?(.*)$/s.exec(key) ?? []
      if (other === undefined || rest === undefined) return { bucket: bucket as string, key: key === '' ? '' : prefix + key }
      if (buckets.includes(other) || (other === bucket && rest.startsWith(prefix))) return { bucket: other, key: rest }
      return new Failure('source-forbidden', `This service fetches no originals from there: "${clip(key.slice(2))}".`, { parameter: 'key' })
    }

    return {
      canonical(key) {
        const own = `//${bucket}/${prefix}`
        const rest = key.startsWith(own) ? key.slice(own.length) : ''
        return rest === '' || rest.startsWith('//') ? key : rest
      },
      async get(key, known, signal, room) {
        signal.throwIfAborted()
        const place = placeOf(key)
        if (place instanceof Failure) return place
        const got = await client.get(place.bucket, place.key, { known, maxBytes, room }, signal)
        if (got instanceof Failure) return got
        const freshness = freshnessOf(got.cacheControl === undefined ? {} : { 'cache-control': got.cacheControl })
        const validators = validatorsOf({
          ...(got.etag === undefined ? {} : { etag: got.etag }),
          ...(got.lastModified === undefined ? {} : { 'last-modified': got.lastModified }),
        })
        return got.kind === 'unchanged'
          ? { kind: 'unchanged', validators: { ...known, ...validators }, freshness }
          : { kind: 'original', bytes: got.bytes, validators, freshness }
      },
      writer: {
        async has(key, signal) {
          signal.throwIfAborted()
          const place = placeOf(key)
          const head = place instanceof Failure ? place : await client.head(place.bucket, place.key, signal)
          if (!(head instanceof Failure)) return true
          return head.code === 'original-missing' ? false : head
        },
        async put(key, bytes, signal) {
          signal.throwIfAborted()
          const place = placeOf(key)
          const done = place instanceof Failure ? place : await client.put(place.bucket, place.key, { body: bytes }, signal)
          return done instanceof Failure ? done : undefined
        },
        async delete(key, signal) {
          signal.throwIfAborted()
          const place = placeOf(key)
          return place instanceof Failure ? place : client.delete(place.bucket, place.key, signal)
        },
      },
      async check(signal) {
        const listing = await client.list(bucket, { prefix, max: 1 }, signal)
        if (!(listing instanceof Failure)) return { ok: true, message: `The bucket ${bucket} answers.` }
        // Who may read need not be allowed to list; then S3 has looked at the credentials, and found them good.
        const unlisted = listing.cause instanceof S3Error && listing.cause.reason === 'AccessDenied'
        if (!unlisted) return { ok: false, message: listing.message }
        return { ok: true, message: `The bucket ${bucket} answers, but may not be listed: a missing original will be 403, not 404.` }
      },
      close: () => client.close(),
    }
  },
})
