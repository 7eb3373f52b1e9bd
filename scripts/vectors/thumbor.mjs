/**
 * Vectors of Thumbor: what its own reader and its own signer make of paths, in the two forms of `test/vectors/thumbor/`.
 * The functions that are judged are handed in: those of dist/ by `npm run vectors`, those of src/ by the tests.
 */

export const files = ['test/vectors/thumbor/urls.json', 'test/vectors/thumbor/signatures.json']

/** The functions that `judge` needs, out of the modules below `root`. */
export async function load(root, ending) {
  const names = [
    'dialects/thumbor-path',
    'dialects/thumbor-calls',
    'dialects/thumbor-source',
    'dialects/thumbor-signature',
    'service/admit',
  ]
  const modules = await Promise.all(names.map((name) => import(new URL(`${name}${ending}`, root).href)))
  return Object.assign({}, ...modules)
}

/**
 * What does not hold of a list of vectors, one entry for each of them.
 * @returns a list of lists of `{ id, field, expected, got }`; empty ones have passed.
 * @throws  when the list has neither form.
 */
export function judge(vectors, functions) {
  const form = Array.isArray(vectors) && vectors.length > 0 ? formOf(vectors[0]) : undefined
  if (form === undefined || !vectors.every((vector) => formOf(vector) === form)) {
    throw new Error('Expected a JSON list of objects, each with url and expect, or each with key_hex, path and signature.')
  }
  const faults = form === 'url' ? urlFaults : signatureFaults
  return vectors.map((vector) => faults(vector, functions).filter(({ expected, got }) => !same(expected, got)))
}

function formOf(vector) {
  if (typeof vector !== 'object' || vector === null) return undefined
  if (typeof vector.url === 'string' && typeof vector.expect === 'object') return 'url'
  return ['key', 'key_hex', 'path', 'signature'].every((name) => typeof vector[name] === 'string') ? 'signature' : undefined
}

/** Every field that a vector has: what is expected, and what is. */
function urlFaults({ id, url, expect, filter_calls: calls, source, reason, status }, { readThumborPath, readCalls, thumborSource }) {
  const of = (field, expected, got) => ({ id, field, expected, got })
  const read = readThumborPath(url)
  if (read instanceof Error) {
    if (expect !== null) return [of('expect', expect, `${read.code}: ${read.message}`)]
    return [
      ...(reason === undefined ? [] : [of('reason', reason, reasons[reason]?.includes(read.code) ? reason : read.code)]),
      of('status', status ?? read.status, read.status),
    ]
  }
  if (expect === null) return [of('expect', null, read)]
  const { trim, signed: _signed, wireHash: _wireHash, fitIn, horizontalFlip, verticalFlip, ...plain } = read
  const got = {
    ...plain,
    fit_in: fitIn,
    horizontal_flip: horizontalFlip,
    vertical_flip: verticalFlip,
    trim: trim?.text ?? null,
    trim_pos: trim?.pos ?? null,
    trim_tolerance: trim?.tolerance ?? null,
  }
  const run = readCalls(read.filters).calls.map(({ name, phase, args }) => ({ name, phase: phase.replace('post-', 'post_'), args }))
  const { imageUrl, fetchUrl, hostOk } = thumborSource(read.image)
  return [
    ...Object.keys(expect).map((field) => of(`expect.${field}`, expect[field], got[field])),
    ...(calls === undefined ? [] : [of('filter_calls', calls, run)]),
    ...(source === undefined ? [] : [of('source', source, { image_url: imageUrl, fetch_url: fetchUrl, host_ok: hostOk })]),
  ]
}

/** Thumbor's reasons to refuse a path, and our codes for them. */
const reasons = {
  'no-hash-or-unsafe': ['hash-missing', 'key-missing'],
  'bad-utf8': ['url-malformed'],
  'no-match': ['url-malformed'],
}

/** The signature itself, and whether a service with that key, which asks for signatures, takes each of the paths. */
function signatureFaults(vector, { thumborSignature, thumborProof, readThumborPath, admit }) {
  const { id, key, key_hex: hex, path, signature, signed_path: signedPath, server = [] } = vector
  const of = (field, expected, got) => ({ id, field, expected, got })
  const made = thumborSignature(path, Buffer.from(hex, 'hex'))
  const accepted = (target) => {
    const request = readThumborPath(target)
    if (request instanceof Error) return false
    return admit({ proof: thumborProof(request), delivery: {} }, [key], 0) === undefined
  }
  return [
    of('signature', signature, made),
    ...(signedPath === undefined ? [] : [of('signed_path', signedPath, `/${made}/${path}`)]),
    ...server.map((tried) => of(`server ${tried.request_path}`, tried.accepted, accepted(tried.request_path))),
  ]
}

/** Equal as JSON, whatever the order of names. */
function same(a, b) {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
}
