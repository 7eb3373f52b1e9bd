import type { Answer } from '../../service/ask.ts'
import type { RenderGiven } from '../../service/given.ts'
import { version } from '../../version.ts'
import { type Event, payloadBytes } from './caller.ts'
import { type Properties, printProperties, readConversion, refusal } from './image-magick.ts'
import { sample } from './sample.ts'

/**
 * The direct invocations of Lambda's first blueprint for pictures, `image-processing-service` of 2015: JSON in, a text or base64 out. It handed
 * its arguments to ImageMagick; here they are read, and what has no safe meaning is refused by its name.
 */

/** Where a picture is made, and until when. */
type Tools = { readonly render: RenderGiven; readonly signal: AbortSignal }

type Operation = (event: Event, tools: Tools) => Promise<unknown>

const operations: Readonly<Record<string, Operation>> = {
  ping: async () => 'pong',
  identify,
  getDimensions: (event, tools) => identify({ ...event, customArgs: ['-format', '%wx%h'] }, tools),
  resize,
  thumbnail: resize,
  getSample: async (event, tools) => base64(await tools.render(queryOf({ f: formatOf(event, 'getSample') }), sample, tools.signal)),
  convert,
}

/** Endings of files, and the formats that they mean. */
const extensions: Readonly<Record<string, string>> = {
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  gif: 'gif',
  webp: 'webp',
  avif: 'avif',
  tif: 'tiff',
  tiff: 'tiff',
}

/** What `resize` understands beside the picture: the other options of the library that the blueprint used belong to its commands. */
const resizeOptions = new Set(['operation', 'base64Image', 'inputExtension', 'outputExtension', 'width', 'height', 'quality', 'strip'])

/** Whoever names an operation; and whoever says nothing at all, who has always been told that that is none. */
export function isBlueprint(event: Event): boolean {
  return Object.hasOwn(event, 'operation') || Object.keys(event).length === 0
}

/**
 * What the operation comes to.
 * @throws `Error` with the blueprint's own words, or with why the picture could not be made; its name is the code of the failure then.
 */
export async function blueprint(event: Event, render: RenderGiven, signal: AbortSignal): Promise<unknown> {
  const name = String(event.operation)
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
  if (operation === undefined) throw new Error(`Unrecognized operation "${name.slice(0, 100)}"`)
  return operation(event, { render, signal })
}

async function identify(event: Event, tools: Tools): Promise<unknown> {
  const args = argsOf(event, 'identify')
  const { original } = await explain(imageOf(event, 'identify'), tools)
  const properties: Properties = {
    format: original.format.toUpperCase(),
    width: original.width,
    height: original.height,
    depth: original.depth === 'uchar' ? 8 : original.depth === 'ushort' ? 16 : 32,
    pages: original.pages,
  }
  if (args.length > 0) return printProperties(args, properties)
  const { width, height } = properties
  const type = original.format === 'svg' ? 'image/svg+xml' : `image/${original.format}`
  return { ...properties, 'mime type': type, geometry: `${width}x${height}+0+0` }
}

async function resize(event: Event, { render, signal }: Tools): Promise<string> {
  const original = imageOf(event, 'resize')
  const strange = Object.keys(event).find((name) => !resizeOptions.has(name))
  if (strange !== undefined) throw refusal('resize', `"${strange}" is not understood; expected ${[...resizeOptions].slice(1).join(', ')}.`)
  const width = sideOf(event, 'width')
  const height = sideOf(event, 'height')
  const query = {
    w: width ?? (height === undefined ? '100' : undefined),
    h: height,
    enlarge: '1', // as ImageMagick does
    f: formatOf(event, 'resize'),
    q: qualityOf(event),
    meta: event.strip === undefined ? undefined : event.strip === false ? 'keep' : 'none',
  }
  return base64(await render(queryOf(query), original, signal))
}

async function convert(event: Event, tools: Tools): Promise<string> {
  const args = argsOf(event, 'convert')
  if (args.length === 1 && args[0] === '-version') return `Version: Tintype ${version}`
  const original = imageOf(event, 'convert')
  if (event.outputExtension === undefined) {
    throw refusal('convert', 'no "outputExtension" field supplied, and there is no command here whose text could be told.')
  }
  const { query, share } = readConversion(args)
  let size = {}
  if (share !== undefined) {
    const { result } = await explain(original, tools)
    size = { w: scaled(result.width, share), h: scaled(result.height, share), fit: 'fill', enlarge: '1' }
  }
  return base64(await tools.render(queryOf({ ...query, ...size, f: formatOf(event, 'convert') }), original, tools.signal))
}

/** As much of an explanation as counts here: the original as it is stored, and the picture as it is seen. */
type Explained = {
  readonly original: {
    readonly format: string
    readonly width: number
    readonly height: number
    readonly depth: string
    readonly pages: number
  }
  readonly result: { readonly width: number; readonly height: number }
}

async function explain(original: Buffer, { render, signal }: Tools): Promise<Explained> {
  return JSON.parse(bodyOf(await render('f=json', original, signal)).toString()) as Explained
}

/** The picture in base64, if Lambda can hand it over. */
function base64(answer: Answer): string {
  const text = bodyOf(answer).toString('base64')
  if (text.length + 2 <= payloadBytes) return text
  throw named('answer-too-large', `The picture has ${text.length} bytes in base64; at most ${payloadBytes - 2} can be handed over.`)
}

function bodyOf({ status, body = Buffer.alloc(0) }: Answer): Buffer {
  if (status === 200) return body
  const { code, detail } = JSON.parse(body.toString()) as { readonly code: string; readonly detail: string }
  throw named(code, detail)
}

/** Lambda hands the name of an error on as its type. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

function imageOf({ base64Image }: Event, operation: string): Buffer {
  if (base64Image === undefined || base64Image === null || base64Image === '') {
    throw refusal(operation, 'no "base64Image" field supplied')
  }
  if (typeof base64Image !== 'string' || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(base64Image)) {
    throw refusal(operation, '"base64Image" is no base64.')
  }
  return Buffer.from(base64Image, 'base64')
}

function argsOf({ customArgs }: Event, operation: string): readonly string[] {
  if (customArgs === undefined || customArgs === null) return []
  if (Array.isArray(customArgs) && customArgs.every((arg) => typeof arg === 'string')) return customArgs
  throw refusal(operation, '"customArgs" is no list of texts.')
}

function formatOf({ outputExtension = 'png' }: Event, operation: string): string {
  const format = Object.hasOwn(extensions, String(outputExtension)) ? extensions[String(outputExtension)] : undefined
  if (format !== undefined) return format
  throw refusal(operation, `"outputExtension": expected one of ${Object.keys(extensions).join(', ')}.`)
}

/** Neither 0 nor nothing says how wide it shall be. */
function sideOf(event: Event, name: 'width' | 'height'): string | undefined {
  const side = event[name]
  if (side === undefined || side === null || side === '' || Number(side) === 0) return undefined
  if ((typeof side === 'number' || typeof side === 'string') && /^\d{1,5}$/.test(String(side))) return String(side)
  throw refusal('resize', `"${name}": expected a whole number of pixels.`)
}

/** 0 to 1, as the blueprint had it. */
function qualityOf({ quality }: Event): string | undefined {
  if (quality === undefined) return undefined
  if (typeof quality === 'number' && quality >= 0 && quality <= 1) return String(Math.max(1, Math.round(quality * 100)))
  throw refusal('resize', '"quality": expected 0 to 1.')
}

function scaled(side: number, share: number): string {
  return String(Math.max(1, Math.round(side * share)))
}

function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]))
  return new URLSearchParams(given).toString()
}
