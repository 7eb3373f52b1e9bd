import { randomBytes } from 'node:crypto'
import { Failure } from '../errors.ts'
import type { SourceFormat } from '../geometry/facts.ts'
import { sourceFormatOf } from '../pixels/sniff.ts'
import { media } from '../recipe/output.ts'
import { recipe } from '../recipe/recipe.ts'
import type { Writer } from '../sources/source.ts'
import { type Answer, type Ask, bodyTooLarge } from './ask.ts'
import type { UploadSettings } from './beside-fields.ts'
import { startDeadline } from './deadline.ts'
import type { Endpoint, Place, Told } from './endpoint.ts'
import { cleanName, encodeName } from './file-name.ts'
import { Gate } from './gate.ts'
import { type WritePermit, writeRefusal } from './may-write.ts'
import { formField, formOverheadBytes } from './multipart.ts'
import { passOn, refusalOf, type Tools } from './pictures.ts'
import { always, withBody } from './problem.ts'
import type { Trip } from './trip.ts'

export type UploadOptions = {
  readonly settings: UploadSettings
  readonly permit: WritePermit
  readonly writer: Writer
  /** Lets all that was made of an original be forgotten, wherever it is. */
  readonly purge: (key: string, signal: AbortSignal) => Promise<unknown>
}

/** A picture that has come: its bytes, and what they are. */
type Brought = { readonly bytes: Buffer; readonly name: string | undefined; readonly format: SourceFormat }

const form = /^\s*multipart\/form-data\s*(?:;|$)/i

/**
 * Originals that clients bring: `POST image` takes one, as the body itself or as the field `media` of a form, and says where it is;
 * `image/ID/NAME` is the original, to be read, and, where that is switched on, to be replaced and removed. The ID is the key in the source
 * that keeps it; the name is for people, and any will do.
 *
 * Bytes are no picture because somebody says so: a render process looks at them, under all limits, before anything is kept.
 */
export function uploads(tools: Tools, options: UploadOptions): Endpoint {
  const { parts, originals, gate } = tools
  const { settings, permit, writer, purge } = options
  const { minWidth, minHeight } = settings
  const mostBytes = Math.min(settings.maxBytes, parts.limits.sourceBytes)
  const places = new Gate({ ...parts.queue, places: settings.atOnce })
  const keyOf = (id: string): string => `${settings.source}:${id}`

  async function bodyOf(ask: Ask, isForm: boolean, signal: AbortSignal): Promise<Buffer | Failure> {
    const deadline = startDeadline(signal, settings.seconds)
    try {
      return (await ask.body?.(mostBytes + (isForm ? formOverheadBytes : 0), deadline.signal)) ?? Buffer.alloc(0)
    } catch (thrown) {
      if (signal.aborted || !deadline.signal.aborted) throw thrown
      return new Failure('request-slow', `The body did not come within ${settings.seconds} s.`)
    } finally {
      deadline.end()
    }
  }

  /** What came with a request, once it is sure that it is a picture that this service reads. */
  async function brought(ask: Ask, trip: Trip, signal: AbortSignal): Promise<Brought | Failure> {
    const type = ask.headers['content-type'] ?? ''
    const isForm = form.test(type)
    const body = await bodyOf(ask, isForm, signal)
    if (body instanceof Failure) return body
    const field = isForm ? formField(body, type, 'media') : { bytes: body, filename: undefined }
    if (field instanceof Failure) return field
    const { bytes, filename } = field
    if (bytes.length > mostBytes) return bodyTooLarge(mostBytes)
    const format = sourceFormatOf(bytes, parts.limits)
    if (format instanceof Failure) return format
    const job = { recipe: recipe([]), originals: [bytes], limits: parts.limits }
    const seen = await gate.run(() => trip.timed('inspect', () => parts.renderer.inspect(job, signal)), signal, format === 'svg')
    // What says to be a picture in its first bytes, and is none behind them, is none.
    if (seen instanceof Failure)
      return seen.code === 'original-damaged' ? new Failure('original-not-image', seen.message, { cause: seen.cause }) : seen
    const [facts] = seen.facts
    const turned = (facts?.orientation ?? 1) > 4
    const { width = 0, height = 0 } = facts ?? {}
    const [across, down] = turned ? [height, width] : [width, height]
    if (across < minWidth || down < minHeight) {
      const expected = `at least ${minWidth}x${minHeight}`
      return new Failure('upload-too-small', `The picture has ${across}x${down} px; expected ${expected}.`, { expected })
    }
    return { bytes, format, name: slugOf(ask.headers.slug) ?? filename }
  }

  async function take(ask: Ask, base: string, trip: Trip, signal: AbortSignal): Promise<Told | Failure> {
    const refusal = writeRefusal(ask, permit)
    if (refusal !== undefined) return refusal
    return places.run(async () => {
      const picture = await brought(ask, trip, signal)
      if (picture instanceof Failure) return picture
      const id = randomBytes(16).toString('hex')
      const failed = await trip.timed('store', () => writer.put(id, picture.bytes, signal))
      if (failed !== undefined) return failed
      const location = `${base}/image/${id}/${encodeName(fileName(picture, settings.filename))}`
      const headers = { ...always, location, 'access-control-expose-headers': 'location', 'cache-control': 'no-store' }
      return { answer: withBody(201, headers, ''), format: picture.format }
    }, signal)
  }

  /** Replaces or removes, by what is done with the id: 404 where there is no such upload, and purged once it is done. */
  async function change(ask: Ask, id: string, signal: AbortSignal, work: () => Promise<Failure | undefined>): Promise<Told | Failure> {
    const refusal = writeRefusal(ask, permit)
    if (refusal !== undefined) return refusal
    return places.run(async () => {
      const there = await writer.has(id, signal)
      if (there instanceof Failure) return there
      const failed = there ? await work() : unknown()
      if (failed !== undefined) return failed
      await purge(keyOf(id), signal)
      return { answer: nothing }
    }, signal)
  }

  async function show(id: string, name: string, ask: Ask, trip: Trip, signal: AbortSignal): Promise<Told | Failure> {
    const order = { key: keyOf(id), recipe: recipe([]), delivery: { kind: 'original', onError: 'error' } } as const
    const located = refusalOf(tools, order) ?? originals.locate(order.key)
    if (located instanceof Failure) return located
    return passOn(tools, name === '' ? order : { ...order, key: name }, located, ask, trip, signal)
  }

  function item(id: string, name: string): Place {
    return {
      methods: ['GET', 'HEAD', ...(settings.put ? ['PUT'] : []), ...(settings.delete ? ['DELETE'] : [])],
      bodySeconds: settings.seconds,
      async answer(ask, trip, signal) {
        if (!/^[0-9a-f]{32}$/.test(id)) return unknown()
        switch (ask.method) {
          case 'PUT':
            return change(ask, id, signal, async () => {
              const picture = await brought(ask, trip, signal)
              return picture instanceof Failure ? picture : trip.timed('store', () => writer.put(id, picture.bytes, signal))
            })
          case 'DELETE':
            return change(ask, id, signal, () => trip.timed('store', () => writer.delete(id, signal)))
          default:
            return show(id, name, ask, trip, signal)
        }
      },
    }
  }

  return {
    at(path, base) {
      if (!path.startsWith('/image')) return undefined
      if (path === '/image' || path === '/image/') {
        return { methods: ['POST'], bodySeconds: settings.seconds, answer: (ask, trip, signal) => take(ask, base, trip, signal) }
      }
      const [, id, name = ''] = /^\/image\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? []
      return id === undefined ? undefined : item(id, decoded(name))
    },
  }
}

const nothing: Answer = { status: 204, headers: { ...always, 'cache-control': 'no-store' } }

function unknown(): Failure {
  return new Failure('original-missing', 'There is no such upload.', { parameter: 'key' })
}

/** @see RFC 5023, 9.7: UTF-8, percent-encoded. */
function slugOf(slug: string | undefined): string | undefined {
  return slug === undefined || slug.trim() === '' ? undefined : decoded(slug)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The name that the client gave, without what no file system likes; with the ending of its format where it has none. */
function fileName({ name = '', format }: Brought, otherwise: string): string {
  const own = cleanName(name) || otherwise
  return /\.[A-Za-z0-9]{1,5}$/.test(own) ? own : `${own}.${format === 'svg' ? 'svg' : media[format].extension}`
}
