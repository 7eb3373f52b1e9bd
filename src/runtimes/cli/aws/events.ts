import type { StackEvent } from '@aws-sdk/client-cloudformation'
import type { Printer } from '../command.ts'
import type { Cloud } from './cloud.ts'
import { isAbsent } from './stack.ts'
import { until } from './wait.ts'

/** How a change of a stack ended. */
export type Ending = {
  /** Of the stack: `UPDATE_COMPLETE`, `ROLLBACK_COMPLETE`. */
  readonly status: string
  /** The first that failed: all that fails after it fails because of it. */
  readonly cause: { readonly resource: string; readonly reason: string } | undefined
}

/** The events that a stack has already; what is told begins behind them. None for a stack that is not there yet. */
export async function eventsSoFar(cloud: Cloud, stack: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { StackEvents = [] } = await cloud
    .ask((client, options) => client.describeStackEvents({ StackName: stack }, options), signal)
    .catch((thrown: unknown) => {
      if (isAbsent(thrown)) return { StackEvents: [] }
      throw thrown
    })
  return new Set(StackEvents.map(({ EventId = '' }) => EventId))
}

/** Follows a stack until it rests, and tells each event once as it comes. `stack` is its ARN: a name is lost with the stack. */
export async function follow(cloud: Cloud, stack: string, known: ReadonlySet<string>, out: Printer, signal: AbortSignal): Promise<Ending> {
  const told = new Set(known)
  const failures: StackEvent[] = []
  return until(async () => {
    const fresh = await newEvents(cloud, stack, told, signal)
    if (fresh === 'gone') return { status: 'DELETE_COMPLETE', cause: undefined }
    for (const event of fresh) {
      told.add(event.EventId ?? '')
      if (event.ResourceStatus?.endsWith('_FAILED') && !/cancell?ed/i.test(event.ResourceStatusReason ?? '')) failures.push(event)
      tellEvent(event, out)
    }
    const last = fresh.find(
      (event) => event.PhysicalResourceId === event.StackId && /_(?:COMPLETE|FAILED)$/.test(event.ResourceStatus ?? ''),
    )
    if (last === undefined) return fresh.length > 0 ? 'moved' : undefined
    return { status: last.ResourceStatus ?? '', cause: causeOf(failures) }
  }, signal)
}

/** Oldest first. AWS gives the newest first, page by page. */
async function newEvents(cloud: Cloud, stack: string, told: ReadonlySet<string>, signal: AbortSignal): Promise<StackEvent[] | 'gone'> {
  const fresh: StackEvent[] = []
  let next: string | undefined
  do {
    const token = next
    const page = await cloud
      .ask((client, options) => client.describeStackEvents({ StackName: stack, NextToken: token }, options), signal)
      .catch((thrown: unknown) => {
        if (isAbsent(thrown)) return undefined
        throw thrown
      })
    if (page === undefined) return 'gone'
    const { StackEvents = [] } = page
    const own = StackEvents.filter(({ EventId = '' }) => !told.has(EventId))
    fresh.push(...own)
    next = own.length === StackEvents.length ? page.NextToken : undefined
  } while (next !== undefined)
  return fresh.reverse()
}

function causeOf(failures: readonly StackEvent[]): Ending['cause'] {
  const [first] = failures
  if (first === undefined) return undefined
  return { resource: first.LogicalResourceId ?? '', reason: first.ResourceStatusReason ?? 'AWS gave no reason.' }
}

function tellEvent(
  { Timestamp, LogicalResourceId = '', ResourceType = '', ResourceStatusReason, ...event }: StackEvent,
  out: Printer,
): void {
  const { ink } = out
  const status: string = event.ResourceStatus ?? ''
  const failed = status.endsWith('_FAILED') || status.includes('ROLLBACK')
  const colour = failed ? 'red' : status.endsWith('_COMPLETE') ? 'green' : 'dim'
  const time = (Timestamp ?? new Date()).toISOString().slice(11, 19)
  out.line(
    `  ${ink('dim', time)}  ${ink(colour, status.toLowerCase().replaceAll('_', ' ').padEnd(20))}  ${LogicalResourceId}  ${ink('dim', ResourceType)}`,
  )
  if (failed && ResourceStatusReason !== undefined) out.line(`            ${ink('red', ResourceStatusReason)}`)
}
