// Load by autocannon, on loopback.
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'

/**
 * Asks as fast as answers come, or so often a second, over so many connections, for so many seconds or requests.
 * @param base     http://127.0.0.1:PORT
 * @param request  What is asked: a path, or a function that gives `{ path, headers }` anew for each request.
 * @returns        Answers per second, their number, how many of each status, how many broke, and for each how long it took, in ms.
 */
export async function drive(base, request, { connections, seconds, amount, perSecond, headers = {} }) {
  const took = []
  const changing = typeof request === 'function' ? [{ setupRequest: (asked) => ({ ...asked, ...request() }) }] : undefined
  const began = performance.now()
  // autocannon itself looks once a second whether all have come.
  let last = began
  const running = autocannon({
    url: typeof request === 'string' ? `${base}${request}` : base,
    connections,
    headers,
    timeout: 60,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    ...(changing === undefined ? {} : { requests: changing }),
  })
  running.on('response', (_client, _status, _bytes, ms) => {
    last = performance.now()
    took.push(ms)
  })
  const { errors, timeouts, mismatches, statusCodeStats } = await running
  const statuses = Object.fromEntries(Object.entries(statusCodeStats).map(([status, { count }]) => [status, count]))
  const answers = took.length
  return { perSecond: (answers / Math.max(1, last - began)) * 1000, answers, statuses, broken: errors + timeouts + mismatches, took }
}

/**
 * The same by connections of which one out of so many groups begins after the other, all within a second: autocannon lets all those that ask so often a
 * second ask in the same instant, which clients do not.
 * @param options  `connections` and `perSecond` are whole multiples of `groups`.
 */
export async function driveApart(base, request, groups, { connections, perSecond, ...options }) {
  const share = { ...options, connections: connections / groups, perSecond: perSecond / groups }
  const loads = await Promise.all(
    Array.from({ length: groups }, async (_, index) => {
      await sleep((index * 1000) / groups)
      return drive(base, request, share)
    }),
  )
  const statuses = {}
  for (const load of loads) for (const [status, count] of Object.entries(load.statuses)) statuses[status] = (statuses[status] ?? 0) + count
  const sum = (figure) => loads.reduce((total, load) => total + load[figure], 0)
  return { perSecond: sum('perSecond'), answers: sum('answers'), statuses, broken: sum('broken'), took: loads.flatMap(({ took }) => took) }
}
