/** What an event wants done. */
export type Work =
  /** An object of a bucket is new, or another, or gone; of what is gone there is no version. */
  | { readonly kind: 'changed'; readonly bucket: string; readonly object: string; readonly version?: string }
  | { readonly kind: 'purge'; readonly key: string }
  | { readonly kind: 'prerender'; readonly keys: readonly string[]; readonly presets?: readonly string[]; readonly force: boolean }

type Content = Readonly<Record<string, unknown>>

/**
 * What an event, or the body of a message, wants done; `undefined` when it is nothing of ours. Understood are notifications of S3 (also
 * through SNS), S3 through EventBridge, direct invocations `{ "operation": "purge" | "prerender", … }`, and our own messages
 * `{ "tintype": 1, "keys": […], "presets"?: […], "force"?: true }`.
 *
 * The `sequencer` by which S3 orders its events is of no use here: whatever comes, all results of the original go, and what is made anew is
 * made of the original as it is then. The last event comes after the last change, so the last word is right in any order.
 */
export function workOf(event: unknown): readonly Work[] | undefined {
  if (!isContent(event)) return undefined
  if (event.Event === 's3:TestEvent') return [] // S3 says once that it can reach us
  if (event.Type === 'Notification' && typeof event.Message === 'string') return workOf(parsed(event.Message))
  if (
    Array.isArray(event.Records) &&
    event.Records.length > 0 &&
    event.Records.every((record) => isContent(record) && record.eventSource === 'aws:s3')
  )
    return event.Records.flatMap((record: Content) => fromNotification(record))
  if (event.source === 'aws.s3' && typeof event['detail-type'] === 'string') return fromEventBridge(event['detail-type'], event.detail)
  if (event.operation === 'purge' && typeof event.key === 'string') return [{ kind: 'purge', key: event.key }]
  if (event.operation === 'prerender' || event.tintype === 1) return prerender(event)
  return undefined
}

/** JSON, or `undefined` for what is none. */
export function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function fromNotification({ eventName, s3 }: Content): readonly Work[] {
  if (typeof eventName !== 'string' || !isContent(s3) || !isContent(s3.bucket) || !isContent(s3.object)) return []
  const { key, eTag } = s3.object
  const object = typeof key === 'string' ? fromForm(key) : undefined
  // Keys stand there as in a form: plus for a blank.
  return change(
    /^(?:ObjectCreated:)/.test(eventName),
    /^(?:ObjectRemoved:|LifecycleExpiration:)/.test(eventName),
    s3.bucket.name,
    object,
    eTag,
  )
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function fromEventBridge(type: string, detail: unknown): readonly Work[] {
  if (!isContent(detail) || !isContent(detail.bucket) || !isContent(detail.object)) return []
  return change(type === 'Object Created', type === 'Object Deleted', detail.bucket.name, detail.object.key, detail.object.etag)
}

function change(created: boolean, removed: boolean, bucket: unknown, object: unknown, etag: unknown): readonly Work[] {
  if ((!created && !removed) || typeof bucket !== 'string' || typeof object !== 'string') return []
  // Without an ETag, nothing says that two events are of one version: then each of them counts.
  const version = created ? (typeof etag === 'string' ? etag.replace(/[^\x21-\x7e]|"/g, '').slice(0, 200) : `at ${Date.now()}`) : undefined
  return [{ kind: 'changed', bucket, object, ...(version === undefined ? {} : { version }) }]
}

function prerender({ keys, presets, force }: Content): readonly Work[] | undefined {
  if (!isTexts(keys) || (presets !== undefined && !isTexts(presets))) return undefined
  return [{ kind: 'prerender', keys, ...(presets === undefined ? {} : { presets }), force: force === true }]
}

function fromForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'))
  } catch {
    return undefined
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
