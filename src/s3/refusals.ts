import { Failure, type FailureCode } from '../errors.ts'
import { type Answer, joined } from '../outbound/exchange.ts'
import { clip } from '../schema/field.ts'

/** What was asked for, as a message calls it. */
export type Asked = { readonly bucket: string; readonly key?: string }

/** Why there is no answer, and what could be done about it. */
export type Refusal = {
  readonly failure: Failure
  readonly again: 'never' | 'later' | 'other-credentials' | 'other-time'
  /** By the clock of the service, in milliseconds since 1970, where ours is wrong. */
  readonly serverTime?: number
}

/** Codes of S3 for what may pass, whatever the status beside them. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const passing = new Set([
  ...['InternalError', 'OperationAborted', 'RequestTimeout', 'RequestTimeoutException', 'ServiceUnavailable', 'SlowDown', 'Throttling'],
  ...['ThrottlingException', 'TooManyRequests', 'Busy'],
])
const passingStatus = new Set([429, 500, 502, 503, 504])
const endedCredentials = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired'])
const elsewhere = new Set(['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])

/** What the service said, as the cause of a failure: for the log, and for who must tell one refusal from another. */
export class S3Error extends Error {
  override readonly name = 'S3Error'
  readonly status: number
  /** Of S3, such as `AccessDenied`; empty where the answer told none. */
  readonly reason: string

  constructor(status: number, reason: string) {
    super(reason === '' ? `status ${status}` : `status ${status}, ${reason}`)
    this.status = status
    this.reason = reason
  }
}

/** What an error of S3 says: its code, and the region where it names one. */
export type Reason = { readonly code: string; readonly region?: string | undefined }

/** The refusal that an answer is. */
export async function refusalOf(asked: Asked, { status, headers, body }: Answer): Promise<Refusal> {
  const reason = await reasonOf(body)
  const region = reason.region ?? joined(headers['x-amz-bucket-region'])
  return refused(asked, status, { ...reason, region }, headers.date)
}

/** The code in the body of an error; empty where it tells none, as to HEAD. */
export async function reasonOf(body: Buffer): Promise<Reason> {
  if (body.length === 0) return { code: '' }
  const { readXml, textOf } = await import('./xml.ts')
  const document = readXml(body.toString())
  if (document === undefined || document.name !== 'Error') return { code: '' }
  return { code: textOf(document.root, 'Code') ?? '', region: textOf(document.root, 'Region') }
}

/** A status and a code as a refusal. */
export function refused(asked: Asked, status: number, reason: Reason, date?: string): Refusal {
  // Both may be anything that a server likes to say.
  const code = /^[A-Za-z0-9]{1,64}$/.test(reason.code) ? reason.code : ''
  const region = /^[A-Za-z0-9-]{1,32}$/.test(reason.region ?? '') ? reason.region : undefined
  const failure = failureOf(asked, status, code, region)
  if (code === 'RequestTimeTooSkewed') {
    const serverTime = Date.parse(date ?? '')
    return Number.isNaN(serverTime) ? { failure, again: 'never' } : { failure, again: 'other-time', serverTime }
  }
  if (endedCredentials.has(code)) return { failure, again: 'other-credentials' }
  return { failure, again: passing.has(code) || passingStatus.has(status) ? 'later' : 'never' }
}

/** A status and a code as a failure, told in words that are safe for a stranger: S3's own name ids of keys and hosts. */
function failureOf({ bucket, key }: Asked, status: number, code: string, region: string | undefined): Failure {
  const where = `the bucket ${clip(bucket)}`
  const what = key === undefined ? where : `"${clip(key)}" in ${where}`
  const cause = new S3Error(status, code)
  const fail = (kind: FailureCode, message: string) => new Failure(kind, `${message} (${cause.message}).`, { cause })
  if (status === 301 || status === 307 || elsewhere.has(code)) {
    const place = region === undefined ? 'another region' : `the region ${region}: set that one`
    return fail('origin-failed', `Expected ${where} in the region that is set; it lies in ${place}`)
  }
  if (status === 404 && (code === 'NoSuchBucket' || key === undefined)) return fail('original-missing', `There is no ${where.slice(4)}`)
  if (status === 404 || status === 410) return fail('original-missing', `There is no ${what}`)
  if (code === 'InvalidObjectState') return fail('origin-failed', `It would have to be restored from an archive first: ${what}`)
  const maybe = key !== undefined && (code === 'AccessDenied' || code === '')
  const unclear =
    'It is not there, or may not be read with these credentials; where they may list the bucket (s3:ListBucket), S3 tells which'
  if (status === 403 && maybe) return fail('source-forbidden', `S3 refuses ${what}. ${unclear}`)
  if (status === 401 || status === 403) return fail('source-forbidden', `S3 refuses ${what}`)
  return fail('origin-failed', `S3 gave no answer for ${what}`)
}
