// Load by autocannon, on loopback.
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
