import { alb } from './alb.ts'
import type { Caller, Event, Exchange } from './caller.ts'
import { edge } from './edge.ts'
import { functionUrl, httpApi } from './http.ts'
import { restApi } from './rest.ts'

/** Every caller that speaks HTTP. The first that recognises an event has it: the sharper marks come first. */
export const callers: readonly Caller[] = [edge, alb, functionUrl, httpApi, restApi]

export function exchangeOf(event: Event): Exchange | undefined {
  for (const caller of callers) {
    const exchange = caller.recognise(event)
    if (exchange !== undefined) return exchange
  }
  return undefined
}
