import { createHash } from 'node:crypto'
import { readXml, textOf, all as under } from '../../src/s3/xml.ts'
import type { FakeObject } from '../fake-s3.ts'
import type { RawRequest } from './sigv4.ts'

export type Reply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: Buffer
}

/** A request that was let in: names decoded. */
export type Operation = RawRequest & { readonly bucket: string; readonly key: string; readonly params: ReadonlyMap<string, string> }

export type Circumstances = { readonly now: number; readonly missingIs403: boolean; readonly copiesAlways: boolean }

type Objects = Map<string, FakeObject>

/** Headers of a PUT that come back with the object. */
const keptHeaders = ['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires']

/** What S3 does and says. */
export function answerTo(operation: Operation, objects: Objects, around: Circumstances): Reply {
  const { method, key, params } = operation
  if (key === '') {
    if (method === 'HEAD') return { status: 200 }
    if (method === 'GET' && params.get('list-type') === '2') return list(operation, objects)
    if (method === 'POST' && params.has('delete')) return deleteMany(operation, objects)
    return error(501, 'NotImplemented')
  }
  if (Buffer.byteLength(key) > 1024) return error(400, 'KeyTooLongError')
  if (method === 'GET' || method === 'HEAD') return read(operation, objects, around)
  if (method === 'PUT')
    return operation.headers['x-amz-copy-source'] === undefined ? put(operation, objects, around) : copy(operation, objects, around)
  if (method === 'DELETE') {
    objects.delete(nameOf(operation))
    return { status: 204 }
  }
  return error(405, 'MethodNotAllowed')
}

function read(operation: Operation, objects: Objects, { missingIs403 }: Circumstances): Reply {
  const { headers, method } = operation
  const object = objects.get(nameOf(operation))
  if (object === undefined) return missingIs403 ? error(403, 'AccessDenied') : error(404, 'NoSuchKey')
  const modified = new Date(object.lastModified.toUTCString()).getTime()
  const common = { etag: object.etag, 'last-modified': object.lastModified.toUTCString() }
  const { 'if-match': match, 'if-none-match': noneMatch, 'if-modified-since': since, 'if-unmodified-since': until } = headers
  if (match !== undefined ? !listed(match, object.etag) : until !== undefined && modified > Date.parse(until))
    return error(412, 'PreconditionFailed')
  if (noneMatch !== undefined ? listed(noneMatch, object.etag) : since !== undefined && modified <= Date.parse(since))
    return { status: 304, headers: { ...common, ...cacheControlOf(object) } }
  const metadata = Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]))
  const whole = { ...common, 'accept-ranges': 'bytes', ...object.headers, ...metadata }
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? []
  if (first === '' && last === '') return { status: 200, headers: { ...whole, 'content-length': object.body.length }, body: object.body }
  const size = object.body.length
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (from > to) return error(416, 'InvalidRange')
  const part = object.body.subarray(from, to + 1)
  const ranged = { ...whole, 'content-range': `bytes ${from}-${to}/${size}`, 'content-length': part.length }
  return { status: 206, headers: ranged, ...(method === 'HEAD' ? {} : { body: part }) }
}

function put(operation: Operation, objects: Objects, { now }: Circumstances): Reply {
  const { headers, body } = operation
  const old = objects.get(nameOf(operation))
  if (headers['if-none-match'] === '*' && old !== undefined) return error(412, 'PreconditionFailed')
  if (headers['if-match'] !== undefined && old === undefined) return error(404, 'NoSuchKey')
  if (headers['if-match'] !== undefined && old?.etag !== headers['if-match']) return error(412, 'PreconditionFailed')
  const md5 = createHash('md5').update(body)
  const etag = `"${md5.copy().digest('hex')}"`
  if (headers['content-md5'] !== undefined && headers['content-md5'] !== md5.digest('base64')) return error(400, 'BadDigest')
  const facts = factsOf(operation)
  if (facts === undefined) return error(400, 'MetadataTooLarge')
  objects.set(nameOf(operation), { body, ...facts, etag, lastModified: new Date(now) })
  return { status: 200, headers: { etag } }
}

function copy(operation: Operation, objects: Objects, { now, missingIs403, copiesAlways }: Circumstances): Reply {
  const source = decodeURIComponent(String(operation.headers['x-amz-copy-source'])).replace(/^\//, '')
  const old = objects.get(source)
  if (old === undefined) return missingIs403 ? error(403, 'AccessDenied') : error(404, 'NoSuchKey')
  const only = operation.headers['x-amz-copy-source-if-match']
  if (only !== undefined && !copiesAlways && !listed(String(only), old.etag)) return error(412, 'PreconditionFailed')
  const replaces = operation.headers['x-amz-metadata-directive'] === 'REPLACE'
  if (source === nameOf(operation) && !replaces) return error(400, 'InvalidRequest')
  const facts = replaces ? factsOf(operation) : old
  if (facts === undefined) return error(400, 'MetadataTooLarge')
  const copied = { body: old.body, headers: facts.headers, metadata: facts.metadata, etag: old.etag, lastModified: new Date(now) }
  objects.set(nameOf(operation), copied)
  return xml(
    200,
    'CopyObjectResult',
    `<ETag>${escapeText(old.etag)}</ETag><LastModified>${copied.lastModified.toISOString()}</LastModified>`,
  )
}

function deleteMany({ bucket, body, headers }: Operation, objects: Objects): Reply {
  if (headers['content-md5'] === undefined) return error(400, 'InvalidRequest')
  if (headers['content-md5'] !== createHash('md5').update(body).digest('base64')) return error(400, 'BadDigest')
  const document = readXml(body.toString())
  const keys = document?.name === 'Delete' ? under(document.root, 'Object').map((each) => textOf(each, 'Key') ?? '') : []
  if (document === undefined || keys.length === 0 || keys.length > 1000) return error(400, 'MalformedXML')
  for (const key of keys) objects.delete(`${bucket}/${key}`)
  const quiet = textOf(document.root, 'Quiet') === 'true'
  return xml(200, 'DeleteResult', quiet ? '' : keys.map((key) => `<Deleted><Key>${escapeText(key)}</Key></Deleted>`).join(''))
}

function list({ bucket, params }: Operation, objects: Objects): Reply {
  const prefix = params.get('prefix') ?? ''
  const max = Math.min(1000, Number(params.get('max-keys') ?? 1000))
  const token = params.get('continuation-token')
  const after = token === undefined ? (params.get('start-after') ?? '') : Buffer.from(token, 'base64').toString()
  const encoded = params.get('encoding-type') === 'url'
  const print = (key: string): string => escapeText(encoded ? encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/') : key)
  const found = [...objects]
    .filter(([name]) => name.startsWith(`${bucket}/${prefix}`))
    .map(([name, object]) => ({ key: name.slice(bucket.length + 1), object }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    .filter(({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
  const page = found.slice(0, max)
  const more = found.length > page.length && page.length > 0
  const contents = page.map(
    ({ key, object }) =>
      `<Contents><Key>${print(key)}</Key><LastModified>${object.lastModified.toISOString()}</LastModified>` +
      `<ETag>${escapeText(object.etag)}</ETag><Size>${object.body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  )
  const next = more ? `<NextContinuationToken>${Buffer.from(page.at(-1)?.key ?? '').toString('base64')}</NextContinuationToken>` : ''
  const head =
    `<Name>${bucket}</Name><Prefix>${print(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${max}</MaxKeys>` +
    `<IsTruncated>${more}</IsTruncated>${encoded ? '<EncodingType>url</EncodingType>' : ''}`
  return xml(200, 'ListBucketResult', head + next + contents.join(''))
}

/** What a PUT says of its object beside the bytes; `undefined` for more metadata than S3 takes. */
function factsOf({ headers }: Operation): Pick<FakeObject, 'headers' | 'metadata'> | undefined {
  const metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = String(value)
  }
  const bytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0)
  if (bytes > 2048) return undefined
  const kept = keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]))
  return { headers: { 'content-type': 'binary/octet-stream', ...Object.fromEntries(kept) }, metadata }
}

function listed(header: string, etag: string): boolean {
  return header === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
}

function cacheControlOf({ headers }: FakeObject): Readonly<Record<string, string>> {
  const control = headers['cache-control']
  return control === undefined ? {} : { 'cache-control': control }
}

const nameOf = ({ bucket, key }: Operation): string => `${bucket}/${key}`

function error(status: number, code: string): Reply {
  return xml(status, 'Error', `<Code>${code}</Code><Message>${code}</Message><RequestId>FAKE</RequestId>`)
}

function xml(status: number, root: string, content: string): Reply {
  const space = root === 'Error' ? '' : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}${space}>${content}</${root}>`)
  return { status, headers: { 'content-type': 'application/xml' }, body }
}

function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped.
  return text.replace(/[&<>"'\u0000-\u001f\u007f]/g, (character) => `&#${character.charCodeAt(0)};`)
}
