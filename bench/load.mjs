// Load on a server on loopback: as much as it takes (`closed`), or so many requests a second whatever becomes of them (`open`).
import { Agent, request } from 'node:http'

/**
 * @typedef {object} Answered
 * @property {number} status  0 where the connection broke.
 * @property {number} ms      From the request to the last byte.
 * @property {number} at      When it was asked, in ms since the load began.
 * @property {string | undefined} retryAfter
 * @property {string | undefined} code  Of a failure.
 */

/** Each client asks again as soon as it is answered. */
export async function closed(port, targetOf, { clients, seconds }) {
  const answers = []
  const agent = new Agent({ keepAlive: true })
  const began = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - began < seconds * 1000) answers.push(await ask(port, targetOf(), agent, began))
    }),
  )
  agent.destroy()
  return answers
}

/** So many requests a second, evenly spread, none waiting for another. Resolves when the last is answered. */
export async function open(port, targetOf, { perSecond, seconds }) {
  const agent = new Agent({ keepAlive: true })
  const began = performance.now()
  const asked = []
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    while (asked.length <= due) asked.push(ask(port, targetOf(), agent, began))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const answers = await Promise.all(asked)
  agent.destroy()
  return answers
}

/** One request; never rejects. */
export function ask(port, path, agent, began = performance.now()) {
  const sent = performance.now()
  return new Promise((resolve) => {
    const end = (status, headers = {}, pieces = []) => {
      const text = status >= 400 ? Buffer.concat(pieces).toString() : ''
      const code = /"code": "([a-z-]+)"/.exec(text)?.[1]
      resolve({ status, ms: performance.now() - sent, at: sent - began, retryAfter: headers['retry-after'], code })
    }
    const asked = request({ host: '127.0.0.1', port, path, ...(agent === undefined ? {} : { agent }), timeout: 60_000 }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => (answer.statusCode >= 400 ? pieces.push(piece) : undefined))
      answer.on('end', () => end(answer.statusCode, answer.headers, pieces)).on('error', () => end(0))
    })
    asked
      .on('timeout', () => asked.destroy())
      .on('error', () => end(0))
      .end()
  })
}

/** The value below which that share of all lies; NaN of none. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/** Targets without end, no two alike, all of much the same cost. */
export function sizes(key) {
  let count = 0
  return () => {
    const at = count++
    // Both run through all their values again and again: what comes late is no dearer than what comes early.
    return `/i/${key}?w=${800 + (at % 200)}&q=${40 + ((at + Math.floor(at / 200)) % 50)}&f=jpeg`
  }
}
