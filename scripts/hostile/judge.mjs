// What is right of an answer about one file of a corpus: the rules that hold whatever a file is, and what its index expects of it.
import sharp from 'sharp'
import { paths, stacks } from './insides.mjs'

/** A failure is told in so many bytes at most. */
const problemBytes = 1000
/** 413 too large, 415 no supported picture, 422 damaged. */
const refusals = [413, 415, 422]
/** So many bytes of an original in an error are no chance. */
const quoteBytes = 16
const types = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp', gif: 'image/gif', heif: 'image/avif', tiff: 'image/tiff' }
const never = [/<script/i, /\son\w+\s*=/i, /javascript:/i, /<(?:\w+:)?foreignObject/i, /@import/i, /<!ENTITY/i]

/**
 * The faults of an answer, as sentences; none where it is right.
 * @param entry   As the index has it; a field that is absent or unknown demands nothing.
 * @param shape   `kind`: `picture`, `facts` (JSON about it) or `original` (as it is); `type` of a picture; `whole`: in its own size.
 * @param got     `status` (0: no answer), `headers`, `body`, `ms`.
 * @param about   `original`: its bytes. `target`: what was asked. `limits`, `errorSeconds`: of the service. `secrets`: texts to be kept.
 */
export async function judge(entry, shape, got, about) {
  const { status, headers, body, ms } = got
  const most = about.limits.renderSeconds + 2
  if (status === 0) return [`expected an answer, the connection broke after ${Math.round(ms)} ms`]
  const faults = []
  if (ms > most * 1000) faults.push(`expected an answer within ${most} s, it came after ${(ms / 1000).toFixed(1)} s`)
  if (headers['x-content-type-options'] !== 'nosniff') faults.push('expected X-Content-Type-Options: nosniff')
  const wanted = expectation(entry, shape, about.limits)
  const asExpected =
    status === 200 ? wanted.pictures : wanted.statuses.includes(status) || isTooLargeResult(got, shape, entry, about.limits)
  if (!asExpected) faults.push(`expected ${wanted.words}, got ${status}${codeOf(got)}`)
  if (status === 200) faults.push(...(await contentFaults(entry, shape, got)))
  else faults.push(...problemFaults(got, about))
  const all = `${JSON.stringify(headers)}\n${body.toString('latin1')}`
  const { mustNotContain } = entry
  if (typeof mustNotContain === 'string' && mustNotContain !== '' && (body.includes(mustNotContain) || all.includes(mustNotContain)))
    faults.push(`expected nothing of ${JSON.stringify(mustNotContain)}, but it came back`)
  for (const secret of about.secrets)
    if (all.includes(secret)) faults.push('expected nothing of a file that the original names, but it came back')
  return faults
}

/** Why the expectation of an entry cannot be judged; `undefined` where it can, or where there is none. */
export function misunderstood({ expect }) {
  if (expect === undefined || wordsOf(expect) !== undefined) return undefined
  return `the index expects ${JSON.stringify(expect)}, which is none of "error 4xx", "decodes", "decodes or error"`
}

/** Which statuses beside 200 are right, and whether 200 is. */
function expectation(entry, { kind }, limits) {
  const late = /bomb$/.test(String(entry.kind)) ? [504] : []
  const words = wordsOf(entry.expect)
  const tooMuch = isBeyond(entry, limits) ? [413] : []
  const own = Number.isInteger(entry.status) && entry.status >= 400 && entry.status < 500 ? [entry.status] : []
  const errors = [...new Set([...refusals, ...own, ...late])]
  const either = { pictures: true, statuses: errors, words: `200, ${errors.join(', ')}` }
  // What is told of an original, or is passed on, need not be whole.
  if (kind !== 'picture') return either
  if (words !== undefined) {
    const statuses = words.includes('error') ? errors : [...late, ...tooMuch]
    const pictures = words.includes('decodes')
    return { pictures, statuses, words: [...(pictures ? [200] : []), ...statuses].join(', ') }
  }
  if (entry.sharpDecodes === true) return { pictures: true, statuses: tooMuch, words: [200, ...tooMuch].join(', ') }
  if (entry.sharpDecodes === false) return { pictures: false, statuses: [415, ...tooMuch], words: [415, ...tooMuch].join(', ') }
  return either
}

/** `decodes`, `error`, or both. */
function wordsOf(expect) {
  const words = typeof expect === 'string' ? expect.split(' or ').map((word) => word.replace(/^error 4xx$/, 'error')) : []
  return words.length > 0 && words.every((word) => word === 'decodes' || word === 'error') ? words : undefined
}

function isBeyond({ bytes, width, height, pages }, { sourceBytes, sourcePixels, frames }) {
  return bytes > sourceBytes || width * height * (pages ?? 1) > sourcePixels || pages > frames
}

/** A picture may be larger in its own size than results may be, and the index need not know it. */
function isTooLargeResult(got, { whole }, { expect, width, height }, { outputSide }) {
  return whole && expect !== 'decodes' && !(width <= outputSide && height <= outputSide) && codeOf(got) === ' output-too-large'
}

async function contentFaults(entry, shape, { headers, body }) {
  const [type] = String(headers['content-type']).split(';')
  if (shape.kind === 'facts') {
    try {
      JSON.parse(body.toString())
      return type === 'application/json' ? [] : [`expected application/json, got ${type}`]
    } catch {
      return ['expected JSON, got something else']
    }
  }
  if (shape.kind === 'original') {
    const seen = typeOf(body)
    if (seen === 'image/svg+xml') return svgFaults(headers, body.toString())
    return seen === type ? [] : [`expected a picture of the type that is said, ${type}; the bytes are ${seen ?? 'none'}`]
  }
  try {
    const { format, width, height } = await sharp(body, { limitInputPixels: false }).metadata()
    await sharp(body, { limitInputPixels: false, failOn: 'warning' }).resize(16, 16, { fit: 'fill' }).raw().toBuffer()
    if (type !== types[format] || (shape.type ?? type) !== type)
      return [`expected ${shape.type ?? types[format]}, got ${type} with ${format} in it`]
    return sizeFaults(entry, shape, { width, height })
  } catch (error) {
    return [`expected a picture, got what does not decode: ${error.message.split('\n')[0]}`]
  }
}

/** The size after orientation, where the index knows it and the answer shows the original alone. */
function sizeFaults({ width, height, orientation }, { whole, box }, got) {
  if (!(width > 0 && height > 0)) return []
  const [w, h] = orientation >= 5 && orientation <= 8 ? [height, width] : [width, height]
  if (whole && (got.width !== w || got.height !== h)) return [`expected ${w} x ${h}, got ${got.width} x ${got.height}`]
  if (box === undefined || w < box) return []
  const tall = Math.max(1, (h * box) / w)
  return got.width === box && Math.abs(got.height - tall) <= 1
    ? []
    : [`expected ${box} x ${tall.toFixed(1)}, got ${got.width} x ${got.height}`]
}

function svgFaults(headers, text) {
  const policy = String(headers['content-security-policy'])
  const found = never.filter((pattern) => pattern.test(text)).map((pattern) => `expected a harmless SVG, but it has ${pattern.source}`)
  return /default-src 'none'/.test(policy) && /\bsandbox\b/.test(policy)
    ? found
    : [...found, 'expected an SVG in a sandbox of Content-Security-Policy']
}

/** What the first bytes are. */
function typeOf(body) {
  const head = body.toString('latin1', 0, 4096)
  if (head.startsWith('\xff\xd8\xff')) return types.jpeg
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return types.png
  if (/^GIF8[79]a/.test(head)) return types.gif
  if (/^RIFF.{4}WEBP/s.test(head)) return types.webp
  if (/^.{4}ftyp.*?avi[fs]/s.test(head.slice(0, 100))) return types.heif
  if (/^(?:II[*+]\0|MM\0[*+])/.test(head)) return types.tiff
  return /<(?:\w+:)?svg[\s/>]/.test(head) ? 'image/svg+xml' : undefined
}

/** An error is short, shows nothing of the server or the original, and is not kept for long. */
function problemFaults({ headers, body }, { original, target, errorSeconds }) {
  const faults = []
  const text = body.toString()
  if (body.length > problemBytes) faults.push(`expected an error of at most ${problemBytes} bytes, got ${body.length}`)
  if (headers['content-type'] !== 'application/problem+json')
    faults.push(`expected application/problem+json, got ${headers['content-type']}`)
  const sent = `${target}\n${decodeURIComponent(target)}`
  for (const pattern of [...stacks, ...paths]) {
    const [match] = pattern.exec(text) ?? []
    if (match !== undefined && !sent.includes(match))
      faults.push(`expected no path and no stack in an error, got ${JSON.stringify(match.trim())}`)
  }
  const quoted = quoteOf(original, text, sent)
  if (quoted !== undefined) faults.push(`expected nothing of the original in an error, got ${JSON.stringify(quoted)}`)
  const control = headers['cache-control'] ?? ''
  const ages = [...control.matchAll(/(?:max-age|s-maxage|stale-while-revalidate|stale-if-error)=(\d+)/g)].map(([, age]) => Number(age))
  const brief = /\bno-store\b/.test(control) || (ages.length > 0 && Math.max(...ages) <= errorSeconds)
  if (!brief) faults.push(`expected an error that is kept for at most ${errorSeconds} s, got Cache-Control: ${control || 'none'}`)
  return faults
}

/** The first piece of an original, of some length, that a text repeats; what the client said itself may come back. */
function quoteOf(original, text, sent) {
  const length = Math.min(quoteBytes, original.length)
  if (length < quoteBytes / 2) return undefined
  const bytes = Buffer.from(text)
  for (let at = 0; at + length <= bytes.length; at++) {
    const piece = bytes.subarray(at, at + length)
    if (original.includes(piece) && !sent.includes(piece.toString())) return piece.toString()
  }
  return undefined
}

function codeOf({ status, body }) {
  if (status < 400) return ''
  try {
    return ` ${JSON.parse(body.toString()).code}`
  } catch {
    return ''
  }
}
