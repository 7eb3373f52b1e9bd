// Asking one side of the comparison: the path goes out exactly as it is written, which fetch would not promise.
import { get } from 'node:http'
import { fingerprint, seen } from './look.mjs'

/** What `base` answers for a path: `{ status, headers, body }`. Rejects when nobody answers within the time. */
export function ask(base, path, seconds = 60) {
  const { hostname, port, pathname } = new URL(base)
  const below = pathname.replace(/\/$/, '')
  return new Promise((resolve, reject) => {
    const request = get({ hostname, port, path: below + path, timeout: seconds * 1000 }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }))
      response.on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error(`No answer to ${path} within ${seconds} s.`)))
    request.on('error', reject)
  })
}

/**
 * What is there to be compared of an answer: its status and type; of a picture its size, its frames, its bytes and the picture itself; of JSON
 * what `meta` says, without the address of the original. `unread` says that a picture could not be decoded.
 */
export async function digest({ status, headers, body }) {
  const type = String(headers['content-type'] ?? '').split(';')[0]
  const found = { status, type: status === 200 ? type : undefined }
  if (status !== 200) return found
  const age = /max-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1]
  if (type === 'application/json') return { ...found, meta: metaOf(body) }
  try {
    const picture = await seen(body)
    const { width, height, pages } = picture
    return { ...found, width, height, pages, bytes: body.length, ...(age === undefined ? {} : { age: Number(age) }), picture }
  } catch (error) {
    return { ...found, unread: error.message }
  }
}

/** What `meta` says of operations and sizes; `undefined` for what is no such JSON. */
function metaOf(body) {
  try {
    const { operations, target, source } = JSON.parse(String(body)).thumbor
    return { source: { width: source.width, height: source.height }, operations, target }
  } catch {
    return undefined
  }
}

/** A digest in few bytes, to be kept: the picture as its fingerprint. */
export function recorded({ picture, ...rest }) {
  return picture === undefined ? rest : { ...rest, ...fingerprint(picture) }
}
