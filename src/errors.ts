/**
 * Every failure of the house, in one table. A code is stable: never reworded, never reused.
 * `docs/reference/errors.md` is printed from here; `test/errors.test.ts` produces each code once.
 *
 * `status` is what a stranger gets (RFC 9110), `hint` how whoever runs or calls the service mends it.
 */
export const failures = {
  // What was asked: the URL.
  'parameter-unknown': { status: 400, hint: 'Use a name from the parameter table; the nearest one is in `nearest`.' },
  'parameter-invalid': { status: 400, hint: 'Give the parameter a value of the expected kind and range.' },
  'parameter-repeated': { status: 400, hint: 'Give each parameter once, under one of its names.' },
  'parameter-conflict': { status: 400, hint: 'Two parameters contradict each other: leave one of them out.' },
  'preset-unknown': { status: 400, hint: 'Use one of the presets in the configuration (TINTYPE_PRESETS).' },
  'url-malformed': { status: 400, hint: 'Percent-encode the URL: UTF-8, no control characters, no stray `%`.' },
  'key-missing': { status: 400, hint: 'Name the picture: /i/<key> or /i?url=<key>.' },
  'hash-missing': { status: 400, hint: 'Begin the path with `unsafe/`, or with the hash that signs it: /unsafe/300x200/<image>.' },
  'key-malformed': { status: 400, hint: 'A key is a path, name:path, an encoded http(s) URL or b64:<base64url>.' },
  'region-outside': { status: 400, hint: 'Let the region overlap the picture.' },
  'page-outside': { status: 400, hint: 'Ask for a page that the original has; `f=json` tells how many.' },
  'format-off': { status: 400, hint: 'Ask for another format, or switch this one on: TINTYPE_LIMIT_WRITE_FORMATS.' },
  'output-too-large': { status: 400, hint: 'Ask for a smaller result, or raise the TINTYPE_LIMIT_OUTPUT_* settings.' },
  'method-not-allowed': { status: 405, hint: 'Use a method that the answer names in its Allow.' },
  'upload-too-large': { status: 412, hint: 'Send a smaller picture, or raise TINTYPE_UPLOAD_MAX_BYTES.' },
  'upload-too-small': {
    status: 412,
    hint: 'Send a picture of more pixels, or lower TINTYPE_UPLOAD_MIN_WIDTH and TINTYPE_UPLOAD_MIN_HEIGHT.',
  },
  'url-too-long': { status: 414, hint: 'Shorten the URL, or raise TINTYPE_SERVER_URL_BYTES.' },
  'request-malformed': { status: 400, hint: 'Send a request that HTTP/1.1 allows (RFC 9112).' },
  'request-slow': {
    status: 408,
    hint: 'Send the whole request at once: TINTYPE_SERVER_HEADER_SECONDS is how long its head may take, TINTYPE_UPLOAD_SECONDS an upload.',
  },
  'headers-too-large': { status: 431, hint: 'Send fewer or shorter headers; cookies are not needed here.' },
  'not-found': { status: 404, hint: 'Pictures live below /i/; see the reference of URLs.' },

  // What is allowed.
  'signature-missing': { status: 403, hint: 'Sign the URL: tintype sign URL.' },
  'signature-wrong': { status: 403, hint: 'Sign exactly this URL with a current key: tintype sign URL.' },
  'signature-unused': { status: 400, hint: 'Leave `s` out, or configure TINTYPE_KEYS so that it can be checked.' },
  'url-expired': { status: 410, hint: 'Ask for a newly signed URL.' },
  'expires-unsigned': { status: 400, hint: '`expires` counts only in a signed URL: configure TINTYPE_KEYS and sign it.' },
  'presets-only': { status: 403, hint: 'This service answers only URLs of the form ?preset=NAME.' },
  'source-unknown': { status: 403, hint: 'Use a source that the configuration names.' },
  'source-forbidden': {
    status: 403,
    hint: 'The original lies outside what this service may fetch: see TINTYPE_SOURCE_HTTP_ALLOW and TINTYPE_SOURCE_S3_BUCKETS.',
  },
  'original-refused': {
    status: 400,
    hint: 'The original is on the list of those that are not shown: TINTYPE_BLOCK_KEYS and TINTYPE_BLOCK_FILE.',
  },
  'block-full': { status: 507, hint: 'Take lines out of the file that TINTYPE_BLOCK_FILE names.' },
  'address-forbidden': { status: 403, hint: 'Only public addresses are fetched, on ordinary ports, at every redirect.' },
  'token-wrong': {
    status: 403,
    hint: 'Send `Authorization: Bearer <token>`: TINTYPE_PURGE_TOKEN to purge, TINTYPE_UPLOAD_TOKEN to write.',
  },
  'rate-limited': { status: 429, hint: 'Ask less often; whoever runs the service sets TINTYPE_RATE_PER_SECOND and TINTYPE_RATE_BURST.' },

  // The original: where it lives.
  'original-missing': { status: 404, hint: 'Check the key; names are case-sensitive.' },
  'original-too-large': { status: 413, hint: 'Use a smaller original, or raise TINTYPE_LIMIT_SOURCE_BYTES.' },
  'origin-failed': { status: 502, hint: 'The origin did not give the original: see its status in the message.' },
  'origin-unreachable': { status: 502, hint: 'The origin could not be reached: check its name, address and certificate.' },
  'origin-redirects': { status: 502, hint: 'The origin redirects too often or nowhere: see TINTYPE_SOURCE_HTTP_REDIRECTS.' },
  'source-timeout': { status: 504, hint: 'The origin is slow: raise TINTYPE_SOURCE_HTTP_TIMEOUT_SECONDS.' },

  // The original: what it is.
  'original-not-image': { status: 415, hint: 'The bytes are no picture in a format that this service reads: see /formats.' },
  'original-format-off': { status: 415, hint: 'Use an original of another format, or switch this one on: TINTYPE_LIMIT_READ_FORMATS.' },
  'original-damaged': { status: 422, hint: 'Upload the original again; it is cut short or broken.' },
  'original-too-many-pixels': { status: 413, hint: 'Use a smaller original, or raise TINTYPE_LIMIT_SOURCE_PIXELS.' },
  'original-too-many-frames': { status: 413, hint: 'Ask for a still (`anim=0`), or raise TINTYPE_LIMIT_FRAMES.' },
  'original-too-costly': { status: 422, hint: 'The original needed too much memory; it is refused for a while.' },

  'patch-invalid': {
    status: 422,
    hint: 'Use a nine-patch whose outermost px mark in opaque black what stretches, along its top and on its left.',
  },

  // The work.
  'render-timeout': { status: 504, hint: 'The picture takes too long: ask for less, or raise TINTYPE_LIMIT_RENDER_SECONDS.' },
  'render-crashed': { status: 422, hint: 'A decoder failed on this original; it is refused for a while when it happens twice.' },
  overloaded: { status: 503, hint: 'Too much work waits: try again in the seconds that Retry-After names.' },
  'shutting-down': { status: 503, hint: 'The service is about to stop: try again.' },
  'request-timeout': { status: 504, hint: 'The request took longer than TINTYPE_LIMIT_REQUEST_SECONDS.' },
  'answer-too-large': {
    status: 413,
    hint: 'Stream the answer (Function URL with RESPONSE_STREAM, REST API with responseTransferMode STREAM), or ask for a smaller picture.',
  },
  'client-gone': { status: 499, hint: 'The client closed the connection before the answer.' },

  // Running it.
  'setting-unknown': { status: 500, hint: 'Use a setting from docs/reference/config.md.' },
  'setting-invalid': { status: 500, hint: 'Give the setting a value of the expected kind and range.' },
  'start-unsafe': {
    status: 500,
    hint: 'Name what may be fetched, set keys and tokens, bind to loopback, or mean it: TINTYPE_SERVER_OPEN_PROXY, TINTYPE_UPLOAD_OPEN.',
  },
  'sharp-too-old': { status: 500, hint: 'Install the sharp that this package names: npm install tintype, without an override.' },
  internal: { status: 500, hint: 'This is a fault of the service: report it with the request id.' },
} as const satisfies Record<string, { readonly status: number; readonly hint: string }>

export type FailureCode = keyof typeof failures

/** Facts about a failure that a program can use; all of them safe for a stranger. */
export type FailureDetail = {
  /** The word that is wrong, as the caller wrote it. */
  readonly parameter?: string
  /** What was expected in its place. */
  readonly expected?: string
  /** The nearest valid word. */
  readonly nearest?: string
  /** After how many seconds it is worth trying again. */
  readonly retryAfterSeconds?: number
  /** What the origin answered, where that was an error. */
  readonly originStatus?: number
  /** For the log alone: never shown to a stranger. */
  readonly cause?: unknown
}

/**
 * A failure as a value: pure code returns it, code that waits returns or throws it; `service/` alone turns it into an answer.
 * `message` is safe for a stranger and says what was expected and what came; `cause` is for the log.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly detail: FailureDetail

  constructor(code: FailureCode, message: string, detail: FailureDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.code = code
    this.detail = detail
  }

  /** HTTP status, 400..599. */
  get status(): number {
    return failures[this.code].status
  }

  get hint(): string {
    return failures[this.code].hint
  }
}

/** Whatever was thrown, as a `Failure`: itself, or `internal` with the thrown thing as its cause. */
export function toFailure(thrown: unknown): Failure {
  return thrown instanceof Failure ? thrown : new Failure('internal', 'Something in the service failed.', { cause: thrown })
}
