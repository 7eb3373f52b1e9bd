import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import type { Siblings } from '../../compose.ts'
import { Failure } from '../../errors.ts'
import type { Counts } from '../../service/metrics.ts'
import { orLeave } from '../../service/or-leave.ts'
import { type Downward, type Place, placeVariable, type Question, type Said, type Upward } from './messages.ts'

/** What this process does when it is asked. */
export type Duties = {
  forget(name: string): Promise<number>
  counts(): Promise<Counts>
  /** Told to stop; a second time changes nothing. */
  stop(): void
}

/** One of the processes that share a port. */
export type Sibling = Siblings & {
  readonly place: Place
  /** From now on questions are answered; those that came before have waited. */
  serve(duties: Duties): void
}

/** A purge looks at every file of an original, and waits for those that are being written. */
const forgetSeconds = 30
/** Prometheus waits for ten seconds. */
const countsSeconds = 3

/** This process as one of several that a primary started; `undefined` where it is alone. */
export function siblingHere(count: number, given = process.env[placeVariable]): Sibling | undefined {
  if (!cluster.isWorker || given === undefined) return undefined
  process.channel?.unref() // what keeps this process alive is its server: a start that fails ends it, with its own exit code
  const place = JSON.parse(given) as Place
  const asked = new Map<number, (answer: Extract<Downward, { kind: 'answer' }>) => void>()
  let last = 0

  const send = (message: Upward): void => {
    // The primary has gone: this process ends in a moment, and nobody is left to ask.
    process.send?.(message, undefined, {}, () => {})
  }
  const ask = (question: Question, seconds: number): Promise<Extract<Downward, { kind: 'answer' }>> =>
    new Promise((resolve) => {
      asked.set(++last, resolve)
      send({ kind: 'ask', ask: last, question, seconds })
    })

  return {
    place,
    index: place.index,
    cores: availableParallelism() / count,
    async forget(name, signal) {
      const { said, missing } = await orLeave(ask({ kind: 'forget', name }, forgetSeconds), signal)
      const failed = said.flatMap((each) => ('failed' in each ? [each.failed] : []))
      if (missing > 0) failed.push(`${missing} of the processes did not answer`)
      if (failed.length > 0) throw new Failure('internal', 'Not every process could forget the original.', { cause: failed.join('; ') })
      return said.map((each) => ('value' in each ? Number(each.value) : 0))
    },
    async counts() {
      const { said } = await ask({ kind: 'counts' }, countsSeconds)
      return said.flatMap((each) => ('value' in each ? [each.value as Counts] : []))
    },
    serve(duties) {
      process.on('message', (message: Downward) => {
        switch (message.kind) {
          case 'question':
            void answer(message.question, duties).then((said) => send({ kind: 'said', round: message.round, said }))
            break
          case 'answer':
            asked.get(message.ask)?.(message)
            asked.delete(message.ask)
            break
          case 'stop':
            duties.stop()
            break
          default:
            message satisfies never
        }
      })
    },
  }
}

/** Never rejects. */
async function answer(question: Question, duties: Duties): Promise<Said> {
  try {
    return { value: question.kind === 'forget' ? await duties.forget(question.name) : await duties.counts() }
  } catch (thrown) {
    return { failed: String(thrown) }
  }
}
