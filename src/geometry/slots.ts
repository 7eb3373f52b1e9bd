/**
 * Where in sharp's own order an operation runs. sharp collects calls and runs them in this order whatever the order of the calls, so a plan
 * begins a new pass where a recipe asks for another order. @see sharp 0.35.5, src/pipeline.cc
 */
export const slots = [
  'flatten',
  'resize',
  'turn',
  'rotate',
  'extract',
  'extend',
  'median',
  'threshold',
  'dilate',
  'erode',
  'blur',
  'convolve',
  'recomb',
  'modulate',
  'sharpen',
  'composite',
  'linear',
  'normalise',
  'clahe',
  'tint',
  'colourspace',
  'negate',
] as const
export type Slot = (typeof slots)[number]

/** Slots that several operations of one pass may share: their calls add up in sharp. */
export const shared: ReadonlySet<Slot> = new Set(['composite'])

/** Slots that mix neighbouring pixels, beside `resize`: sharp runs them on colours multiplied by alpha. */
export const mixing: ReadonlySet<Slot> = new Set(['blur', 'convolve', 'sharpen'])

/**
 * Slots that treat each pixel alone or each frame alike, so that the frames of an animation may run through them as one tall picture. A resize
 * mixes the outermost rows of neighbours by some hundredths, as everywhere with libvips: cheap, and seen by nobody.
 */
export const framewise: ReadonlySet<Slot> = new Set([
  'flatten',
  'resize',
  'extract',
  'extend',
  'recomb',
  'modulate',
  'linear',
  'normalise',
  'tint',
  'colourspace',
  'negate',
])

/** What the plan must know of an effect. `pixels` is a kernel of our own over raw pixels. */
export type EffectFacts = {
  readonly slot: Slot | 'pixels'
  /** Can it make opaque pixels clear, with these arguments of a step? */
  addsAlpha(args: Readonly<Record<string, string>>): boolean
}
