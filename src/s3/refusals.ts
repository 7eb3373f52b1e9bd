import { Failure } from '../errors.ts'
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
  ...['ThrottlingException', 'TooManyRequests', 'Busy', '503 SlowDown'],
])
const passingStatus = new Set([429, 500, 502, 503, 504])
const endedCredentials = new Set(['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired'])
const elsewhere = new Set(['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])

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
export function refused(asked: Asked, status: number, { code, region }: Reason, date?: string): Refusal {
  const failure = refusedFailure(asked, status, code, region)
  if (code === 'RequestTimeTooSkewed') {
    const serverTime = Date.parse(date ?? '')
    return Number.isNaN(serverTime) ? { failure, again: 'never' } : { failure, again: 'other-time', serverTime }
  }
  if (endedCredentials.has(code)) return { failure, again: 'other-credentials' }
  return { failure, again: passing.has(code) || passingStatus.has(status) ? 'later' : 'never' }
}

/** A status and a code as a failure, told in words that are safe for a stranger: S3's own name key ids and hosts. */
export function refusedFailure({ bucket, key }: Asked, status: number, code: string, region?: string): Failure {
  const what = key === undefined ? `the bucket ${clip(bucket)}` : `"${clip(key)}" in the bucket ${clip(bucket)}`
  const said = /^[A-Za-z0-9]{1,64}$/.test(code) ? `status ${status}, ${code}` : `status ${status}`
  if (status === 301 || status === 307 || elsewhere.has(code)) {
    const where =
      region !== undefined && /^[a-z0-9-]{1,32}$/.test(region) ? `lies in the region ${region}: set that one` : 'lies in another region'
    return new Failure('origin-failed', `The bucket ${clip(bucket)} ${where} (${said}).`)
  }
  if (status === 404 && (code === 'NoSuchBucket' || key === undefined))
    return new Failure('original-missing', `There is no bucket ${clip(bucket)} (${said}).`)
  if (status === 404 || status === 410) return new Failure('original-missing', `There is no ${what} (${said}).`)
  if (code === 'InvalidObjectState')
    return new Failure('origin-failed', `The object ${what} lies in an archive, and would have to be restored first (${said}).`)
  if (status === 401 || status === 403) {
    const listing =
      key === undefined ? '' : ' It is not there, or these credentials may not do this; with s3:ListBucket a missing one is told apart.'
    return new Failure('source-forbidden', `S3 refuses ${what} (${said}).${listing}`)
  }
  return new Failure('origin-failed', `S3 did not answer for ${what} (${said}).`)
}
