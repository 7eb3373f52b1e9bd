import { blur } from './blur.ts'
import { brightness } from './brightness.ts'
import { contrast } from './contrast.ts'
import { duotone } from './duotone.ts'
import type { AnyFilter } from './filter.ts'
import { gamma } from './gamma.ts'
import { gray } from './gray.ts'
import { hue } from './hue.ts'
import { invert } from './invert.ts'
import { median } from './median.ts'
import { mono } from './mono.ts'
import { normalize } from './normalize.ts'
import { opacity } from './opacity.ts'
import { pixelate } from './pixelate.ts'
import { saturation } from './saturation.ts'
import { sepia } from './sepia.ts'
import { sharpen } from './sharpen.ts'
import { tint } from './tint.ts'

/** Every effect, in the order in which the native dialect applies them: colour first, then detail. */
export const filters: readonly AnyFilter[] = [
  brightness,
  contrast,
  saturation,
  hue,
  gamma,
  gray,
  sepia,
  tint,
  mono,
  duotone,
  invert,
  normalize,
  opacity,
  blur,
  sharpen,
  median,
  pixelate,
]
