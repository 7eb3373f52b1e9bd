import type { Patch } from './nine-patch.ts'

/** What can be known of an original without decoding its pixels. JSON-serialisable. */
export type Facts = {
  readonly format: SourceFormat
  /** Size of one page (of the one that is asked, where they differ) as stored, before the orientation tag; whole px from 1. A vector's is at 72 px per inch. */
  readonly width: number
  readonly height: number
  /** Exif orientation, 1..8; 5..8 swap the sides. */
  readonly orientation: number
  /** Pages or frames, from 1. */
  readonly pages: number
  /** The pages are frames of an animation. */
  readonly animated: boolean
  /** Milliseconds each frame is shown, and how often the animation runs (0: for ever). Only where `animated`. */
  readonly delays?: readonly number[]
  readonly loop?: number
  readonly alpha: boolean
  /** Drawn, not stored: SVG. It has no pixels of its own and may be enlarged. */
  readonly vector: boolean
  /** Bits per channel, and the colour space by libvips' name. */
  readonly depth: string
  readonly space: string
  /** Has an ICC profile. */
  readonly profile: boolean
  /** Has Exif, XMP, IPTC or comments. */
  readonly metadata: boolean
  readonly gainMap: boolean
  /** Size of the file. */
  readonly bytes: number
}

/** Formats that originals may have. */
export const sourceFormats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'svg'] as const
export type SourceFormat = (typeof sourceFormats)[number]

/**
 * What only a look at the pixels tells, as numbers for the plan. Coordinates are those of the picture as the viewer sees it, in px of the
 * whole oriented page.
 */
export type Findings = {
  /** What `trim` leaves. */
  readonly trim?: Rect
  /** The point to keep, for `attention` and `entropy`, 0..1 of what the resize step gets. */
  readonly focus?: Point
  /** What a detector found, for `focus`; px of the picture as that step gets it. */
  readonly areas?: readonly Rect[]
  /** The commonest colour. */
  readonly dominant?: Colour
  /** The mean of all pixels, clear ones too, cut off to whole numbers; of the first step that asks for it. */
  readonly mean?: Colour
  /** No pixel of the result is transparent; looked for only where a format depends on it. */
  readonly opaque?: boolean
  /** What the rims of the nine-patches say, in the order of their steps. */
  readonly patches?: readonly Patch[]
}

export type Size = { readonly width: number; readonly height: number }
export type Rect = Size & { readonly left: number; readonly top: number }
export type Point = { readonly x: number; readonly y: number }
type Colour = { readonly r: number; readonly g: number; readonly b: number; readonly alpha: number }
