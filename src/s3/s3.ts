import type { Failure } from '../errors.ts'

/**
 * One S3-compatible service, with credentials. Keys are decoded text, as S3 keeps them: a blank is a blank, `+` is `+`. Every call waits no
 * longer than its limits and the signal allow, tries again what may pass (429, 500, 502, 503, 504, a broken connection) with growing pauses
 * and jitter, and rejects with the signal's reason when that aborts. What the service refuses comes back as a `Failure`: `original-missing`
 * for 404, `source-forbidden` for 403, `original-too-large`, `source-timeout`, `origin-unreachable`, `origin-failed` for all else.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export type S3 = {
  /** The object, or `unchanged` where `known` still holds. */
  get(bucket: string, key: string, options: GetOptions, signal: AbortSignal): Promise<S3Object | Unchanged | Failure>
  head(bucket: string, key: string, signal: AbortSignal): Promise<ObjectHead | Failure>
  /** Writes the whole object; its ETag. `exists` where `onlyNew` was asked and there is one. */
  put(bucket: string, key: string, object: PutObject, signal: AbortSignal): Promise<{ readonly etag: string } | 'exists' | Failure>
  /** Replaces the metadata of an object without sending its body again: `original-missing` when it is not there. */
  putMetadata(bucket: string, key: string, head: NewHead, signal: AbortSignal): Promise<undefined | 'changed' | Failure>
  /** No failure when it was not there. */
  delete(bucket: string, key: string, signal: AbortSignal): Promise<undefined | Failure>
  /** Up to 1000 keys in one call; the first of them that could not be removed is the failure. */
  deleteMany(bucket: string, keys: readonly string[], signal: AbortSignal): Promise<undefined | Failure>
  /** A page of keys in order, up to 1000. */
  list(bucket: string, options: ListOptions, signal: AbortSignal): Promise<Listing | Failure>
  /** Lets go of sockets. */
  close(): Promise<void>
}

export type GetOptions = {
  /** Validators of the copy that the caller has. */
  readonly known?: { readonly etag?: string; readonly lastModified?: string } | undefined
  /** First and last byte, counted from 0, both included. */
  readonly range?: readonly [first: number, last: number]
  /** Reading stops there with `original-too-large`. */
  readonly maxBytes: number
  /** Memory for the bytes, waited for before they are read. */
  readonly room?: ((bytes: number) => Promise<Failure | undefined>) | undefined
}

/** What S3 tells of an object beside its bytes. Names of metadata without `x-amz-meta-`, in lower case. */
export type ObjectHead = {
  readonly kind: 'head'
  /** With its quotes, as in HTTP. */
  readonly etag?: string
  readonly lastModified?: string
  readonly type?: string
  readonly cacheControl?: string
  readonly bytes: number
  readonly metadata: Readonly<Record<string, string>>
}

export type S3Object = Omit<ObjectHead, 'kind' | 'bytes'> & { readonly kind: 'object'; readonly bytes: Buffer }

/** The caller's copy still holds. */
export type Unchanged = {
  readonly kind: 'unchanged'
  readonly etag?: string
  readonly lastModified?: string
  readonly cacheControl?: string
}

export type PutHead = {
  readonly type?: string
  readonly cacheControl?: string
  readonly contentDisposition?: string
  /** ASCII values, some 2 kB in all. */
  readonly metadata?: Readonly<Record<string, string>>
}

export type NewHead = PutHead & {
  /** Only where the object still has this ETag; `changed` where it has not. Ceph does not look at it. */
  readonly onlyIf?: string
}

export type PutObject = PutHead & {
  readonly body: Buffer
  /** Not when there is an object of that key already (`If-None-Match: *`). */
  readonly onlyNew?: boolean
}

export type ListOptions = { readonly prefix?: string /** The token of the page before. */; readonly after?: string; readonly max?: number }

export type Listing = {
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly etag: string; readonly lastModified: string }[]
  /** Token of the next page; absent on the last. */
  readonly next?: string
}
