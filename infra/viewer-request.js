// The function at CloudFront's edge: folds what a viewer asks for into one path, and can check signatures before anything else is asked.
// src/runtimes/lambda/folded.ts is its other half, and the two must agree to the letter; docs/adr/0012-aws.md says why.
//
// It runs in CloudFront's own JavaScript (cloudfront-js-2.0): ES5.1 with const, let, arrow functions, template literals, async and await, and
// nothing else: no for-of, no destructuring, no spread, no default values, no await among arguments, no async closures.
// infra/build-viewer-request.mjs fills in the constants, takes the comments away, and the checking too where it is not wanted.
import cf from 'cloudfront'
// biome-ignore lint/style/useNodejsImportProtocol: CloudFront has modules of its own.
import crypto from 'crypto'

// constants:begin
const constants = { ignored: ['utm_*'], prefix: '/i', names: { width: 'w' }, kvsId: '', urlBytes: 8192 }
// constants:end

const ladder = [320, 480, 640, 828, 1080, 1440, 1920, 2560, 3840]

// verify:begin
const store = constants.kvsId === '' ? cf.kvs() : cf.kvs(constants.kvsId)
// verify:end

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it.
async function handler(event) {
  const request = event.request
  const headers = request.headers
  delete headers['x-tintype-target']
  if (request.method === 'OPTIONS') return request
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'method-not-allowed', 'Expected GET, HEAD or OPTIONS.')

  const path = ascii(request.uri)
  const pairs = sorted(request.querystring)
  const target = path + (pairs.length === 0 ? '' : `?${pairs.map(written).join('&')}`)
  if (target.length > constants.urlBytes) return refusal(414, 'url-too-long', `The URL has more than ${constants.urlBytes} bytes.`)
  // verify:begin
  const message = messageOf(path, pairs)
  if (message !== undefined) {
    let keys = ''
    try {
      keys = await store.get('keys')
    } catch (_) {
      // Without its keys the edge lets nobody through.
    }
    const wrong = refused(message, pairs, keys)
    if (wrong !== undefined) return wrong
  }
  // verify:end

  const wish = wishOf(headers, pairs)
  const hash = crypto.createHash('sha256').update(`${wish}\n${target}`).digest('hex').slice(0, 40)
  request.uri = `/${slugOf(path)}/${wish}.${hash}`
  request.querystring = {}
  headers['x-tintype-target'] = { value: target }
  return request
}

// Names and values as they came, sorted by name; of one name in the order in which they came.
function sorted(query) {
  const pairs = []
  Object.keys(query).forEach((name) => {
    if (isIgnored(decoded(name))) return
    const values = query[name].multiValue === undefined ? [query[name]] : query[name].multiValue
    values.forEach((each) => {
      pairs.push({ name: ascii(name), value: ascii(each.value), at: pairs.length })
    })
  })
  return pairs.filter((pair) => written(pair) !== '').sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.at - b.at))
}

function isIgnored(name) {
  return constants.ignored.some((each) => (each.slice(-1) === '*' ? name.indexOf(each.slice(0, -1)) === 0 : name === each))
}

function written(pair) {
  return pair.value === '' ? pair.name : `${pair.name}=${pair.value}`
}

// A header holds ASCII alone; and no path that is folded differs from its own decoding by what a proxy makes of odd signs.
function ascii(text) {
  return text.replace(/[^\x21-\x7e]+/g, (odd) => {
    try {
      return encodeURIComponent(odd)
    } catch (_) {
      return '%EF%BF%BD'
    }
  })
}

// A name or value of a query, its encoding undone; itself where that is wrong.
function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, '%20'))
  } catch (_) {
    return text
  }
}

// The class of a viewer: the formats it takes, and, where the URL leaves it to the viewer, width or dpr.
function wishOf(headers, pairs) {
  let wish = takenOf(headerOf(headers, 'accept'))
  const width = asks(pairs, 'w', 'width') ? positive(hintOf(headers, 'sec-ch-width', 'width')) : 0
  if (width > 0) {
    const rungs = ladder.filter((rung) => rung >= width)
    wish += `.w${rungs.length > 0 ? rungs[0] : ladder[ladder.length - 1]}`
  } else if (asks(pairs, 'dpr', 'dpr')) {
    const dpr = positive(hintOf(headers, 'sec-ch-dpr', 'dpr'))
    wish += `.d${Math.min(3, Math.max(1, Math.ceil((dpr === 0 ? 1 : dpr) * 2) / 2))}`
  }
  return wish
}

function asks(pairs, name, alias) {
  return pairs.some((pair) => (pair.name === name || pair.name === alias) && pair.value.toLowerCase() === 'auto')
}

// As `accepted` in src/service/negotiate.ts: only the exact type counts, and AVIF only when it is wanted no less than WebP.
function takenOf(accept) {
  const weights = { 'image/avif': 0, 'image/webp': 0 }
  accept
    .slice(0, 1000)
    .split(',')
    .forEach((range) => {
      const parts = range.split(';').map((part) => part.trim().toLowerCase())
      if (parts[0] !== 'image/avif' && parts[0] !== 'image/webp') return
      const q = parts.slice(1).filter((part) => part.indexOf('q=') === 0)
      weights[parts[0]] = q.length === 0 ? 1 : Number(q[0].slice(2))
    })
  const avif = weights['image/avif']
  const webp = weights['image/webp']
  if (avif > 0 && webp > 0) return avif >= webp ? 'avif-webp' : 'webp'
  return avif > 0 ? 'avif' : webp > 0 ? 'webp' : 'none'
}

function hintOf(headers, name, old) {
  return headerOf(headers, headers[name] === undefined ? old : name)
}

function headerOf(headers, name) {
  const header = headers[name]
  if (header === undefined) return ''
  return header.multiValue === undefined ? header.value : header.multiValue.map((each) => each.value).join(', ')
}

function positive(text) {
  return /^\d{1,5}(\.\d{1,6})?$/.test(text) ? Number(text) : 0
}

// The path for human eyes: nothing in it that anything on the way would decode, fold or cut.
function slugOf(path) {
  return path
    .replace(/^\//, '')
    .split('/')
    .map((piece) => (piece === '' ? '_' : piece.replace(/[^A-Za-z0-9._~-]/g, '_').replace(/^\.+/, '_')))
    .join('/')
    .slice(0, 200)
    .replace(/\/$/, '')
}

// verify:begin
// The text that is signed, `key?query`, where the path is that of a picture. Values are taken as canonical: those that are not make
// another text, and are refused.
function messageOf(path, pairs) {
  const own = keyIn(path, constants.prefix)
  const raw = own === undefined ? keyIn(path, '/_tintype') : own
  if (raw === undefined) return undefined
  let key = decodedPath(raw)
  if (key.indexOf('b64:') === 0) key = Buffer.from(key.slice(4), 'base64url').toString('utf8')
  const query = pairs
    .map((pair) => ({ name: nameOf(pair), value: decoded(pair.value) }))
    .filter((pair) => pair.name !== 's')
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map((pair) => (pair.value === '' ? pair.name : `${pair.name}=${encoded(pair.value)}`))
  return `${key}?${query.join('&')}`
}

function keyIn(path, prefix) {
  if (path === prefix) return ''
  return path.indexOf(`${prefix}/`) === 0 ? path.slice(prefix.length + 1) : undefined
}

function decodedPath(text) {
  try {
    return decodeURIComponent(text)
  } catch (_) {
    return text
  }
}

function nameOf(pair) {
  const name = decoded(pair.name)
  // What every object has by itself is no text.
  return typeof constants.names[name] === 'string' ? constants.names[name] : name
}

// As `encodeForm` in src/dialects/percent.ts.
function encoded(value) {
  return encodeURIComponent(value).replace(/%2[CF]|%3A/g, decodeURIComponent)
}

function refused(message, pairs, keys) {
  if (keys === '') return refusal(503, 'overloaded', 'The edge has no keys to check signatures with.')
  const given = pairs.filter((pair) => nameOf(pair) === 's').map((pair) => decoded(pair.value))
  if (given.length === 0) return refusal(403, 'signature-missing', 'The URL is not signed.')
  // Every key is tried, so that the time tells nothing of any.
  const right = keys.split(',').filter((key) => key.trim() !== '' && isSame(signature(key.trim(), message), given[0]))
  if (given.length > 1 || right.length === 0) return refusal(403, 'signature-wrong', 'The signature does not belong to this URL.')
  const ends = pairs.filter((pair) => nameOf(pair) === 'expires')
  if (ends.length > 0 && Date.now() >= Number(decoded(ends[0].value)) * 1000) return refusal(410, 'url-expired', 'The URL has expired.')
  return undefined
}

function signature(key, message) {
  return crypto.createHmac('sha256', key).update(message).digest('base64url')
}

function isSame(a, b) {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at % (b.length || 1))
  return difference === 0
}
// verify:end

// The edge's own answers: problem details, as the service gives them.
function refusal(number, slug, text) {
  const words = { 403: 'Forbidden', 405: 'Method Not Allowed', 410: 'Gone', 414: 'URI Too Long', 503: 'Service Unavailable' }
  const problem = { type: `/errors#${slug}`, title: words[number], status: number, detail: text, code: slug }
  const own = {
    'content-type': { value: 'application/problem+json' },
    'cache-control': { value: 'no-store' },
    'x-content-type-options': { value: 'nosniff' },
  }
  if (number === 405) own.allow = { value: 'GET, HEAD, OPTIONS' }
  return {
    statusCode: number,
    statusDescription: words[number],
    headers: own,
    body: { encoding: 'text', data: `${JSON.stringify(problem)}\n` },
  }
}
