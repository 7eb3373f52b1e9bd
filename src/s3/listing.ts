import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { type Refusal, refused } from './refusals.ts'
import type { Listing } from './s3.ts'
import { all, readXml, textOf } from './xml.ts'

/** The answer to a ListObjectsV2 whose keys are encoded as in a URL: XML 1.0 could not hold all that a key may. */
export function readListing(bucket: string, body: Buffer): Listing | Failure {
  const document = readXml(body.toString())
  if (document?.name !== 'ListBucketResult') return strange(bucket)
  const { root } = document
  // Not every service knows the parameter: only what says that it is encoded is decoded.
  const encoded = textOf(root, 'EncodingType') === 'url'
  const objects = all(root, 'Contents').map((content) => {
    const key = textOf(content, 'Key') ?? ''
    return {
      key: encoded ? decode(key) : key,
      bytes: Number(textOf(content, 'Size') ?? 0),
      etag: textOf(content, 'ETag') ?? '',
      lastModified: textOf(content, 'LastModified') ?? '',
    }
  })
  const next = textOf(root, 'IsTruncated') === 'true' ? textOf(root, 'NextContinuationToken') : undefined
  return { objects, ...(next === undefined ? {} : { next }) }
}

/** Why keys of a DeleteObjects were not removed, by the first of them; it is asked with `Quiet`, so that errors alone are told. */
export function readDeleted(bucket: string, body: Buffer): Refusal | undefined {
  const document = readXml(body.toString())
  if (document?.name === 'Error') return refused({ bucket }, 500, { code: textOf(document.root, 'Code') ?? '' })
  if (document?.name !== 'DeleteResult') return { failure: strange(bucket), again: 'never' }
  const [error] = all(document.root, 'Error')
  if (error === undefined) return undefined
  const code = textOf(error, 'Code') ?? ''
  const key = textOf(error, 'Key') ?? ''
  return refused({ bucket, key }, code === 'AccessDenied' ? 403 : code === 'InternalError' || code === 'SlowDown' ? 503 : 400, { code })
}

/** `+` is a blank: so S3 encodes it, as in a form. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function strange(bucket: string): Failure {
  return new Failure('origin-failed', `The service answered for the bucket ${clip(bucket)} with something that S3 would not say.`)
}
