import { Failure } from '../errors.ts'
import { sources as sourceKinds } from '../sources/all.ts'
import type { Sketch } from './named-sources.ts'
import type { Settings } from './read.ts'
import { weakSecret } from './weak-secret.ts'

/** What no field can see alone: secrets that are none, settings that contradict each other. All that is wrong, at once. */
export function checkSettings(settings: Settings, sketches: readonly Sketch[]): readonly Failure[] {
  const { keys, purgeToken, presets, presetsOnly, cache, limit, source, store, upload, block, server, thumbor } = settings
  const problems: Failure[] = []
  const refuse = (name: string, why: string): void => {
    problems.push(new Failure('setting-invalid', `${name}: ${why}.`, { parameter: name }))
  }
  keys.forEach((key, index) => {
    const why = weakSecret(key)
    if (why !== undefined)
      refuse('keys', `expected keys that nobody can guess; of number ${index + 1}, ${why}. Make one with: openssl rand -hex 32`)
  })
  for (const key of thumbor.keys) {
    const why = weakSecret(key)
    if (why !== undefined)
      refuse('thumbor.keys', `expected keys that nobody can guess; of one, ${why}. Make one with: openssl rand -hex 32`)
  }
  if (thumbor.prefix === '/' && /^\/?$/.test(server.prefix))
    refuse('thumbor.prefix', 'expected another path than server.prefix, which is the root too')
  const tokens = [
    ['purgeToken', purgeToken],
    ['upload.token', upload.token],
  ] as const
  for (const [name, token] of tokens) {
    const why = token === undefined ? undefined : weakSecret(token)
    if (why !== undefined) refuse(name, `expected a token that nobody can guess; of this one, ${why}. Make one with: openssl rand -hex 32`)
  }
  if (upload.enabled) {
    const wrong = placeProblem(settings)
    if (wrong !== undefined) refuse('upload.source', wrong)
  }
  if (upload.open && upload.token !== undefined)
    refuse('upload.open', 'expected no upload.token beside it, which says that not anyone may write')
  if (block.put && block.file === undefined)
    refuse('block.file', 'expected the path of a file, because block.put lets lines be added to it')
  if (presetsOnly && Object.keys(presets).length === 0)
    refuse('presetsOnly', 'expected presets beside it, because without any nothing could be asked')
  if (cache.minSeconds > cache.maxSeconds) refuse('cache.minSeconds', `expected at most cache.maxSeconds, which is ${cache.maxSeconds}`)
  for (const name of ['readFormats', 'writeFormats'] as const)
    if (limit[name].length === 0) refuse(`limit.${name}`, 'expected one or more formats, got none')
  if (store.kinds.length === 0 || new Set(store.kinds).size < store.kinds.length)
    refuse('store.kinds', 'expected one or more kinds, each once')
  const { any, allow, base, headers, addresses } = source.http
  if (any && (allow.length > 0 || base !== undefined)) {
    refuse('source.http.any', 'expected neither source.http.allow nor source.http.base beside it: they say that not any host is meant')
  }
  if (any && addresses.length > 0) {
    refuse(
      'source.http.addresses',
      'expected source.http.base or source.http.allow in the place of source.http.any: only hosts that are named may lie inside',
    )
  }
  if (headers !== undefined && headers.length > 0 && base === undefined) {
    refuse('source.http.headers', 'expected source.http.base beside it, because headers are sent to its origin alone')
  }
  if (store.kinds.includes('s3') && store.s3.bucket === undefined)
    refuse('store.s3.bucket', 'expected the name of a bucket, because store.kinds names s3')
  if (source.s3.bucket === undefined && source.s3.buckets.length > 0)
    refuse('source.s3.bucket', 'expected the name of a bucket, because source.s3.buckets names further ones')
  const inBuckets = [
    { path: 'source.s3', options: source.s3 },
    { path: 'store.s3', options: store.s3 },
    ...settings.sources.flatMap(({ name, kind, options }) => (kind === 's3' ? [{ path: `sources.${name}`, options }] : [])),
  ]
  for (const { name, options } of settings.sources) {
    // `NAME:` takes away the slashes behind it, so no key could name the bucket.
    if (Array.isArray(options.buckets) && options.buckets.length > 0)
      refuse(`sources.${name}.buckets`, 'expected none: further buckets belong to source.s3.buckets, or get a name of their own')
  }
  for (const { path, options } of inBuckets) {
    const wrong = keyProblem(options)
    if (wrong !== undefined) refuse(`${path}.${wrong.option}`, wrong.why)
  }
  for (const { name, needs } of sketches) {
    const own = settings.sources.find((each) => each.name === name)
    if (own?.options[needs] === undefined) refuse(`sources.${name}.${needs}`, 'expected a value, got none')
  }
  return problems
}

/** Why uploads could not be kept where they are to be. */
function placeProblem({ upload, source, sources }: Settings): string | undefined {
  const unnamed = { file: source.file.root, http: source.http.base, s3: source.s3.bucket }
  const there = [...sources, ...Object.entries(unnamed).flatMap(([kind, given]) => (given === undefined ? [] : [{ name: kind, kind }]))]
  const found = there.find(({ name }) => name === upload.source)
  const example = `TINTYPE_SOURCES=${upload.source}=file:/data/uploads`
  if (found === undefined)
    return `expected the name of a source that keeps uploads, and there is none called "${upload.source}"; for instance ${example}`
  const kinds = sourceKinds.filter((kind) => kind.writes === true).map(({ name }) => name)
  if (kinds.some((kind) => kind === found.kind)) return undefined
  return `expected a source that can be written to, of kind ${kinds.join(' or ')}; "${upload.source}" is of kind ${found.kind}`
}

/** A key of S3 is an id and a secret, or neither. */
function keyProblem(options: Readonly<Record<string, unknown>>): { readonly option: string; readonly why: string } | undefined {
  const { accessKeyId, secretAccessKey, anonymous } = options
  if (accessKeyId !== undefined && secretAccessKey === undefined)
    return { option: 'secretAccessKey', why: 'expected beside accessKeyId, got none' }
  if (secretAccessKey !== undefined && accessKeyId === undefined)
    return { option: 'accessKeyId', why: 'expected beside secretAccessKey, got none' }
  return anonymous === true && accessKeyId !== undefined ? { option: 'anonymous', why: 'expected no credentials beside it' } : undefined
}
