import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** A request as it came, nothing decoded. */
export type RawRequest = {
  readonly method: string
  /** As on the wire, up to the `?`. */
  readonly path: string
  /** As on the wire, after the `?`. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Who may ask, and where. */
export type Account = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly region: string
}

/** Why a request is not let in. */
export type Denial = { readonly status: number; readonly code: string; readonly message: string; readonly region?: string }

const allowedSkewMs = 15 * 60_000
const longestExpirySeconds = 604_800

/**
 * Signature Version 4 as S3 checks it, in the header or in the query. Stricter than some services: `Content-Type` must be signed where it is sent.
 * @returns  `anonymous` where nothing is signed, `undefined` where all is right.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function denialOf(request: RawRequest, account: Account, now: number): Denial | 'anonymous' | undefined {
  const query = queryOf(request.query)
  const presigned = query.some(([name]) => name === 'X-Amz-Algorithm')
  const given = presigned ? fromQuery(query) : fromHeader(request.headers)
  if (given === undefined) return 'anonymous'
  if (given === 'malformed') return denial(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.')
  const [accessKeyId, day = '', region = '', service, end] = given.credential
  if (service !== 's3' || end !== 'aws4_request' || given.credential.length !== 5)
    return denial(400, 'AuthorizationHeaderMalformed', 'The credential is mal-formed.')
  if (accessKeyId !== account.accessKeyId)
    return denial(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')
  if (region !== account.region) {
    const message = `The authorization header is malformed; the region '${region}' is wrong; expecting '${account.region}'`
    return { ...denial(400, 'AuthorizationHeaderMalformed', message), region: account.region }
  }
  const time = timeOf(given.date)
  if (time === undefined) return denial(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  if (given.date.slice(0, 8) !== day) return denial(400, 'AuthorizationHeaderMalformed', 'Invalid credential date.')
  if (presigned) {
    const seconds = Number(given.expires)
    if (!/^\d+$/.test(given.expires ?? '') || seconds < 1 || seconds > longestExpirySeconds)
      return denial(400, 'AuthorizationQueryParametersError', 'X-Amz-Expires must be a number between 1 and 604800')
    if (now > time + seconds * 1000) return denial(403, 'AccessDenied', 'Request has expired')
    if (time > now + allowedSkewMs) return denial(403, 'AccessDenied', 'Request is not valid yet')
  } else if (Math.abs(now - time) > allowedSkewMs) {
    return denial(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.')
  }
  if (given.token !== account.sessionToken) return denial(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.')
  const unsigned = unsignedHeader(request.headers, given.signedHeaders)
  if (unsigned !== undefined)
    return denial(403, 'AccessDenied', `There were headers present in the request which were not signed: ${unsigned}`)
  const absent = given.signedHeaders.find((name) => request.headers[name] === undefined)
  if (absent !== undefined) return denial(403, 'SignatureDoesNotMatch', `A signed header is not there: ${absent}`)
  const said = presigned ? 'UNSIGNED-PAYLOAD' : request.headers['x-amz-content-sha256']
  if (typeof said !== 'string') return denial(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  const hash = createHash('sha256').update(request.body).digest('hex')
  if (!presigned && said !== 'UNSIGNED-PAYLOAD' && said !== hash)
    return denial(400, 'XAmzContentSHA256Mismatch', 'The provided x-amz-content-sha256 header does not match what was computed.')

  const canonical = canonicalRequest(request, query, given.signedHeaders, said)
  const scope = given.credential.slice(1).join('/')
  const toSign = ['AWS4-HMAC-SHA256', given.date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${account.secretAccessKey}`))
  if (hmac(key, toSign).toString('hex') !== given.signature)
    return denial(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.')
  return undefined
}

type Given = {
  readonly credential: readonly string[]
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly date: string
  readonly token: string | undefined
  readonly expires?: string | undefined
}

function fromHeader(headers: IncomingHttpHeaders): Given | 'malformed' | undefined {
  const { authorization } = headers
  if (authorization === undefined) return undefined
  const [, credential, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/.exec(authorization) ?? []
  if (credential === undefined || signedHeaders === undefined || signature === undefined) return 'malformed'
  return {
    credential: credential.split('/'),
    signedHeaders: signedHeaders.split(';'),
    signature,
    date: String(headers['x-amz-date'] ?? ''),
    token: headers['x-amz-security-token'] as string | undefined,
  }
}

function fromQuery(query: readonly (readonly [string, string])[]): Given | 'malformed' {
  const values = new Map(query)
  const credential = values.get('X-Amz-Credential')
  const signedHeaders = values.get('X-Amz-SignedHeaders')
  const signature = values.get('X-Amz-Signature')
  if (values.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return 'malformed'
  if (credential === undefined || signedHeaders === undefined || signature === undefined) return 'malformed'
  return {
    credential: credential.split('/'),
    signedHeaders: signedHeaders.split(';'),
    signature,
    date: values.get('X-Amz-Date') ?? '',
    token: values.get('X-Amz-Security-Token'),
    expires: values.get('X-Amz-Expires'),
  }
}

function canonicalRequest(
  { method, path, headers }: RawRequest,
  query: readonly (readonly [string, string])[],
  signedHeaders: readonly string[],
  payload: string,
): string {
  const search = query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map((pair) => pair.join('='))
    .join('&')
  const lines = signedHeaders.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`).join('')
  // Encoded once, and nothing folded: the path of S3 is the key.
  const uri = path
    .split('/')
    .map((segment) => encode(decodeURIComponent(segment)))
    .join('/')
  return [method, uri, search, lines, signedHeaders.join(';'), payload].join('\n')
}

/** `host` and every `x-amz-…` must be signed, and the type of a body; the names in order, each once. */
function unsignedHeader(headers: IncomingHttpHeaders, signed: readonly string[]): string | undefined {
  if (signed.join() !== [...new Set(signed)].sort().join()) return signed.join()
  const musts = [
    'host',
    ...Object.keys(headers).filter((name) => name.startsWith('x-amz-') || name === 'content-type' || name === 'content-md5'),
  ]
  return musts.find((name) => !signed.includes(name))
}

/** Names and values, decoded; a `+` is itself. */
export function queryOf(text: string): readonly (readonly [string, string])[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at === -1 ? [decodeURIComponent(pair), ''] : [decodeURIComponent(pair.slice(0, at)), decodeURIComponent(pair.slice(at + 1))]
    })
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function timeOf(date: string): number | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const time = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
  return Number.isNaN(time) ? undefined : time
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function denial(status: number, code: string, message: string): Denial {
  return { status, code, message }
}
