import { toFailure } from '../../errors.ts'
import { keysOfObject } from './originals-in-buckets.ts'
import { emptyReport, prerenderOriginal, purgeOriginal, type Report, type Tools } from './prerender.ts'
import { parsed, type Work, workOf } from './work.ts'

/** What events need to be worked on. */
export type EventTools = Tools & {
  /** Milliseconds that this invocation has left. */
  readonly remaining: () => number
  /** Takes a line of the log; standard output unless given. */
  readonly write?: (line: string) => void
}

/** With less time than this, in milliseconds, nothing new is begun: what is begun should come to its end. */
const short = 5000

/** Messages of a batch that are worked on at once: while one waits for its bucket, the other renders. */
const atOnce = 2

/**
 * What an event that is no HTTP request asks to be done: S3 notifications, S3 through EventBridge, SQS, and direct invocations
 * `{ "operation": "purge", "key": "…" }`, `{ "operation": "prerender", "keys": ["…"], "presets"?: ["…"], "force"?: true }`.
 *
 * What failed for good (no picture, no such preset) is logged, and done. What may work next time is given back: a batch names the messages
 * that are to come again, a direct invocation is told in its report, and for an event of S3 the promise rejects, so that Lambda tries again.
 * @returns `undefined` when it is none of them.
 */
export function handleEvent(event: unknown, tools: EventTools, signal: AbortSignal): Promise<unknown> | undefined {
  const batch = messagesOf(event)
  if (batch !== undefined) return fromQueue(batch, tools, signal)
  const work = workOf(event)
  if (work === undefined) return undefined
  const isCall = typeof event === 'object' && event !== null && 'operation' in event
  return done(work, tools, signal).then((report) => {
    if (isCall || report.failed.length === 0) return report
    throw new Error(`To be tried again: ${JSON.stringify(report.failed.slice(0, 10))}`)
  })
}

type Message = { readonly messageId: string; readonly body?: unknown }

function messagesOf(event: unknown): readonly Message[] | undefined {
  const records = (event as { readonly Records?: unknown } | null | undefined)?.Records
  const [first] = Array.isArray(records) ? (records as readonly { readonly eventSource?: unknown }[]) : []
  return first?.eventSource === 'aws:sqs' ? (records as readonly Message[]) : undefined
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
async function fromQueue(
  messages: readonly Message[],
  tools: EventTools,
  signal: AbortSignal,
): Promise<{ readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }> {
  const failures: { itemIdentifier: string }[] = []
  const waiting = [...messages]
  const worker = async (): Promise<void> => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      const work = workOf(parsed(message.body))
      if (work === undefined) {
        log(tools, 'A message is none of ours: it is dropped.', { messageId: message.messageId })
        continue
      }
      const report = await done(work, tools, signal)
      if (report.failed.length > 0) failures.push({ itemIdentifier: message.messageId })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { batchItemFailures: failures }
}

/** Does all of it, as far as the time goes. Never rejects: what went wrong stands in the report. */
async function done(work: readonly Work[], tools: EventTools, signal: AbortSignal): Promise<Report> {
  const report = emptyReport()
  for (const each of work) {
    for (const [key, step] of stepsOf(each, tools, report, signal)) {
      if (tools.remaining() < short) {
        report.failed.push({ key, code: 'no-time-left' })
        continue
      }
      try {
        await step()
      } catch (thrown) {
        const failure = toFailure(thrown)
        log(tools, 'Something went wrong.', { key, code: failure.code, cause: String(failure.detail.cause ?? failure.message) })
        report.failed.push({ key, code: failure.code })
      }
    }
  }
  for (const problem of report.refused) log(tools, 'This will not be tried again.', problem)
  return report
}

/** What is to be done about each original, one after the other. */
function stepsOf(
  work: Work,
  tools: EventTools,
  report: Report,
  signal: AbortSignal,
): readonly (readonly [key: string, step: () => Promise<void>])[] {
  const { prerender, resultBucket } = tools.settings.aws
  switch (work.kind) {
    case 'purge':
      return [[work.key, () => purgeOriginal(tools, work.key, undefined, report, signal)]]
    case 'prerender': {
      const { keys, presets = prerender, force } = work
      return keys.map((key) => [key, () => prerenderOriginal(tools, { key, presets, force }, report, signal)])
    }
    case 'changed': {
      const { bucket, object, version } = work
      if (bucket === resultBucket) return [] // our own results: nothing is made of them, or it would go on for ever
      const keys = keysOfObject(tools.settings, bucket, object)
      if (keys.length === 0) log(tools, 'An object is no original of ours.', { bucket, object })
      return keys.map((key) => [
        key,
        async () => {
          await purgeOriginal(tools, key, version, report, signal)
          if (version !== undefined) await prerenderOriginal(tools, { key, presets: prerender, force: false }, report, signal)
        },
      ])
    }
    default:
      return work satisfies never
  }
}

function log({ write = print }: EventTools, message: string, more: object): void {
  write(JSON.stringify({ level: 'warn', message, ...more }))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
