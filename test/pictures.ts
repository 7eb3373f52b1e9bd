import sharp, { type Sharp } from 'sharp'
import { Failure } from '../src/errors.ts'
import { filters } from '../src/filters/all.ts'
import type { Facts } from '../src/geometry/facts.ts'
import { type Limits, limitFields } from '../src/geometry/limits.ts'
import { detectors } from '../src/pixels/detectors/all.ts'
import { openInProcess } from '../src/pixels/in-process.ts'
import type { Rendered, Renderer } from '../src/pixels/renderer.ts'
import type { Output } from '../src/recipe/output.ts'
import { type Recipe, readRecipe, recipe } from '../src/recipe/recipe.ts'
import type { Step } from '../src/recipe/steps.ts'
import type { Fields } from '../src/schema/field.ts'

/** Tiny pictures drawn by tests, whose every pixel is known, and the renderer that they go through. */

export type Rgba = readonly [number, number, number, number?]
export const red: Rgba = [255, 0, 0]
export const green: Rgba = [0, 255, 0]
export const blue: Rgba = [0, 0, 255]
export const yellow: Rgba = [255, 255, 0]
export const white: Rgba = [255, 255, 255]
export const black: Rgba = [0, 0, 0]

/** The limits of a service that nobody configured. */
export const limits = Object.fromEntries(Object.entries(limitFields as Fields).map(([name, field]) => [name, field.fallback])) as Limits

/** Facts of a plain JPEG of that size, but for those given. */
export function factsOf(width: number, height: number, given: Partial<Facts> = {}): Facts {
  const plain = {
    format: 'jpeg',
    orientation: 1,
    pages: 1,
    animated: false,
    alpha: false,
    vector: false,
    depth: 'uchar',
    space: 'srgb',
  } as const
  return { ...plain, width, height, profile: false, metadata: false, gainMap: false, bytes: 1000, ...given }
}

/** A picture whose pixels a function tells, as a sharp pipeline. */
export function drawn(width: number, height: number, at: (x: number, y: number) => Rgba): Sharp {
  const channels = at(0, 0).length as 3 | 4
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const [channel, value] of at(x, y).entries()) data[(y * width + x) * channels + channel] = value ?? 0
  return sharp(data, { raw: { width, height, channels } })
}

/** Red top left, green top right, blue bottom left, yellow bottom right. */
export function quadrants(width: number, height: number): Sharp {
  return drawn(width, height, (x, y) => (y < height / 2 ? (x < width / 2 ? red : green) : x < width / 2 ? blue : yellow))
}

export const plain = (width: number, height: number, colour: Rgba): Sharp => drawn(width, height, () => colour)

/** An animation of frames of one colour each. */
export async function animation(
  format: 'gif' | 'webp',
  frames: readonly Sharp[],
  given: { delay?: number[]; loop?: number } = {},
): Promise<Buffer> {
  const pages = await Promise.all(frames.map((frame) => frame.ensureAlpha().png().toBuffer()))
  const joined = sharp(pages, { join: { animated: true } })
  const options = { delay: frames.map(() => 100), loop: 0, ...given }
  return format === 'gif'
    ? joined.gif({ ...options, keepDuplicateFrames: true }).toBuffer()
    : joined.webp({ ...options, lossless: true }).toBuffer()
}

let opened: Promise<Renderer> | undefined

export const renderer = (): Promise<Renderer> => {
  opened ??= openInProcess({ filters, detectors })
  return opened
}

/** A recipe of its canonical text, or of steps and an output. */
export function asRecipe(wish: string | readonly Step[], output: Partial<Output> = {}, dpr: number | 'auto' = 1): Recipe {
  if (typeof wish !== 'string') return recipe(wish, output, dpr)
  const read = readRecipe(wish)
  if (read instanceof Failure) throw read
  return read
}

/** What the renderer makes of a recipe on these originals; throws its failure. */
export async function rendered(
  wish: string | Recipe,
  originals: Buffer | readonly Buffer[],
  limited: Partial<Limits> = {},
): Promise<Rendered> {
  const result = await tried(wish, originals, limited)
  if (result instanceof Failure) throw result
  return result
}

/** The same, with a failure as a value. */
export async function tried(
  wish: string | Recipe,
  originals: Buffer | readonly Buffer[],
  limited: Partial<Limits> = {},
): Promise<Rendered | Failure> {
  const job = {
    recipe: typeof wish === 'string' ? asRecipe(wish) : wish,
    originals: Buffer.isBuffer(originals) ? [originals] : originals,
    limits: { ...limits, ...limited },
  }
  return (await renderer()).render(job, new AbortController().signal)
}

/** Decoded pixels: `at(x, y)` is red, green, blue, alpha. An animation's frames lie one above the other. */
export type Seen = { readonly width: number; readonly height: number; at(x: number, y: number): number[] }

export async function seen(bytes: Buffer): Promise<Seen> {
  const { data, info } = await sharp(bytes, { pages: -1 }).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return { width, height, at: (x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] }
}

/** Renders as PNG and looks at it. */
export async function pixelsOf(steps: string, originals: Buffer | readonly Buffer[]): Promise<Seen> {
  return seen((await rendered(`${steps}|format=png`, originals)).bytes)
}
