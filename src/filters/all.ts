import { blur } from './blur.ts'
import { brightness } from './brightness.ts'
import { colorize } from './colorize.ts'
import { contrast } from './contrast.ts'
import { convolve } from './convolve.ts'
import { corners } from './corners.ts'
import { crisp } from './crisp.ts'
import { curve } from './curve.ts'
import { duotone } from './duotone.ts'
import { equalize } from './equalize.ts'
import type { AnyFilter } from './filter.ts'
import { gamma } from './gamma.ts'
import { gray } from './gray.ts'
import { hue } from './hue.ts'
import { invert } from './invert.ts'
import { lightness } from './lightness.ts'
import { median } from './median.ts'
import { mono } from './mono.ts'
import { noise } from './noise.ts'
import { normalize } from './normalize.ts'
import { opacity } from './opacity.ts'
import { pixelate } from './pixelate.ts'
import { rgb } from './rgb.ts'
import { saturation } from './saturation.ts'
import { sepia } from './sepia.ts'
import { sharpen } from './sharpen.ts'
import { soften } from './soften.ts'
import { tint } from './tint.ts'
import { vivid } from './vivid.ts'

/** Every effect, in the order in which the native dialect applies them: colour first, then detail. */
export const filters: readonly AnyFilter[] = [
  brightness,
  rgb,
  contrast,
  curve,
  saturation,
  vivid,
  hue,
  gamma,
  gray,
  lightness,
  sepia,
  tint,
  mono,
  duotone,
  colorize,
  invert,
  normalize,
  equalize,
  opacity,
  blur,
  soften,
  sharpen,
  crisp,
  median,
  convolve,
  pixelate,
  noise,
  corners,
]
