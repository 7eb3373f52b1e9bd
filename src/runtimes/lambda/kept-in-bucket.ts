import { createHash, randomUUID } from 'node:crypto'
import type { Settings } from '../../config/read.ts'
import { Failure } from '../../errors.ts'
import { openS3 } from '../../s3/client.ts'
import type { PutHead, S3 } from '../../s3/s3.ts'
import type { Answer, Ask } from '../../service/ask.ts'
import { isUnchanged } from '../../service/conditional.ts'
import { problem } from '../../service/problem.ts'
import type { Service } from '../../service/service.ts'
import { unfold } from './folded.ts'
import { KnownMarks } from './known-marks.ts'
import { type Marks, ResultBucket } from './result-bucket.ts'

/** Was an answer kept? `purged` went again, because an original of it changed meanwhile; `failed` stands in the log. */
export type Kept = 'kept' | 'not-to-be-kept' | 'purged' | 'failed'

/** An answer, and what happens behind it. `kept` never rejects; whoever runs in a process that may be frozen awaits it. */
export type KeptAnswer = { readonly answer: Answer; readonly kept: Promise<Kept> }

/** Answers asks as `service.handle` does, folded ones too, and keeps what may be kept. */
export type Keeper = ((ask: Ask) => Promise<KeptAnswer>) & {
  /** Where results are kept, and which purges this process knows of; absent when there is no such bucket. */
  readonly bucket?: ResultBucket
  readonly known: KnownMarks
}

export type KeeperOptions = {
  /** For the result bucket; else opened as the environment says. */
  readonly s3?: S3
  /** Takes a line of the log; standard output unless given. */
  readonly write?: (line: string) => void
}

const nothing = Promise.resolve<Kept>('not-to-be-kept')
/** What makes an ask conditional; behind CloudFront it is decided by the ETag that the bucket gives, which is known afterwards. */
const conditions = ['if-none-match', 'if-modified-since'] as const

/**
 * The service with its result bucket (`aws.resultBucket`). A folded ask is answered as the bucket will answer it later: the ETag is the MD5
 * of the bytes, and what S3 does not keep (`Last-Modified` of the original, `Vary`, which the path has settled) is left out.
 */
export function keptInBucket(service: Service, settings: Settings, { s3, write = print }: KeeperOptions = {}): Keeper {
  const name = settings.aws.resultBucket
  const bucket = name === undefined ? undefined : new ResultBucket(s3 ?? openS3(), name)
  const known = new KnownMarks(service)

  /** The service's answer, made of nothing that was purged before; and the marks of its originals as they were before. */
  async function handle(ask: Ask): Promise<{ readonly answer: Answer; readonly marks?: Marks | Failure }> {
    const names = bucket && service.originalsOf(ask.target)
    if (bucket === undefined || names === undefined) return { answer: await service.handle(ask) }
    const began = Date.now()
    // Looked at while the picture is made, so that nobody waits for it.
    const looked = bucket.marks(names, ask.signal).catch((cause: unknown) => new Failure('internal', 'No mark could be read.', { cause }))
    const answer = await service.handle(ask)
    const marks = await looked
    if (marks instanceof Failure || !(await known.forgetPurged(marks, began, ask.signal))) return { answer, marks }
    return { answer: await service.handle(ask), marks }
  }

  async function answer(ask: Ask): Promise<KeptAnswer> {
    const unfolded = unfold(ask)
    if (unfolded === undefined) return { answer: (await handle(ask)).answer, kept: nothing }
    if (unfolded instanceof Failure) return { answer: problem(unfolded, ask.headers.accept, randomUUID()), kept: nothing }
    if (bucket === undefined) return { answer: await service.handle(unfolded.ask), kept: nothing }

    const { ask: plain, path } = unfolded
    const headers = { ...plain.headers }
    for (const condition of conditions) delete headers[condition]
    const { answer, marks } = await handle({ ...plain, method: 'GET', headers })
    if (marks === undefined || !mayBeKept(answer)) return { answer: conditional(answer, plain), kept: nothing }

    const alike = asInBucket(answer)
    const put = async (): Promise<Kept> => {
      if (marks instanceof Failure) throw marks
      const stays = await bucket.put(path, { body: answer.body, ...headOf(alike, plain.target) }, marks, ask.signal)
      return stays ? 'kept' : 'purged'
    }
    const kept = put().catch((cause: unknown): Kept => {
      const why = cause instanceof Failure ? (cause.detail.cause ?? cause.message) : cause
      write(JSON.stringify({ level: 'warn', message: 'A result could not be put into its bucket.', path, cause: String(why) }))
      return 'failed'
    })
    return { answer: conditional(alike, plain), kept }
  }

  return Object.assign(answer, { known, ...(bucket === undefined ? {} : { bucket }) })
}

/**
 * Is it a picture that stays good? Not one that stands in for another, or is served although it is stale; nor one whose URL ends, which is
 * what `must-revalidate` says; nor one that is only good when it is asked again.
 */
function mayBeKept(answer: Answer): answer is Answer & { readonly body: Buffer } {
  const { status, headers, body } = answer
  const age = headers['cache-control'] ?? ''
  return (
    status === 200 &&
    body !== undefined &&
    /^image\//.test(headers['content-type'] ?? '') &&
    /\bpublic\b/.test(age) &&
    !/must-revalidate|no-store|no-cache|max-age=0\b/.test(age) &&
    headers['x-tintype-error'] === undefined &&
    !/fwd-status=5|detail=stale/.test(headers['cache-status'] ?? '')
  )
}

function asInBucket(answer: Answer & { readonly body: Buffer }): Answer {
  const { 'last-modified': _date, vary: _vary, ...headers } = answer.headers
  return { ...answer, headers: { ...headers, etag: `"${createHash('md5').update(answer.body).digest('hex')}"` } }
}

/** What S3 says of a result when it is asked for. The target stands there for whoever looks into the bucket. */
function headOf({ headers }: Answer, target: string): PutHead {
  const { 'content-type': type, 'cache-control': cacheControl, 'content-disposition': contentDisposition } = headers
  return {
    ...(type === undefined ? {} : { type }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
    ...(contentDisposition === undefined ? {} : { contentDisposition }),
    metadata: { target: target.slice(0, 1000).replace(/[^\x21-\x7e]/g, '_') },
  }
}

/** The whole answer, made what was asked for: nothing new, or its headers alone. */
function conditional(answer: Answer, { method, headers }: Ask): Answer {
  const { etag, 'last-modified': date } = answer.headers
  if (answer.status === 200 && etag !== undefined && isUnchanged(headers, etag, date)) {
    const { 'content-length': _length, ...rest } = answer.headers
    return { status: 304, headers: rest }
  }
  return method === 'HEAD' ? { status: answer.status, headers: answer.headers } : answer
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
