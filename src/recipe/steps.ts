import { colour } from '../schema/colour.ts'
import { type Fields, fallbacksOf, type Values } from '../schema/field.ts'
import { boolean, choice, custom, integer, list, number, text } from '../schema/fields.ts'
import { background, solid } from './background.ts'
import { anchor, compass, gravity, middle } from './gravity.ts'
import { type Length, length, printLength, readLength } from './length.ts'
import { spot } from './spot.ts'

/** How the picture meets the asked box. */
export const fits = ['contain', 'cover', 'outside', 'pad', 'fill'] as const
export type Fit = (typeof fits)[number]

export const kernels = ['lanczos3', 'lanczos2', 'mitchell', 'cubic', 'linear', 'nearest', 'mks2013', 'mks2021'] as const
export type Kernel = (typeof kernels)[number]

/**
 * How a computed side becomes whole px; which one a dialect's users rely on. `stepwise` makes each number whole before the next one comes of
 * it, ties to even, and lets a cover cut the picture before it scales it.
 */
export const roundings = ['half-up', 'half-even', 'floor', 'ceil', 'stepwise'] as const
export type Rounding = (typeof roundings)[number]

/** The fonts that text can be set in; they ship with the package. */
export const fontNames = ['sans', 'sans bold', 'serif', 'mono'] as const
export type FontName = (typeof fontNames)[number]

/** How a layer is mixed with what lies under it. @see https://www.w3.org/TR/compositing-1/ */
export const blends = [
  'over',
  'multiply',
  'screen',
  'overlay',
  'darken',
  'lighten',
  'color-dodge',
  'color-burn',
  'hard-light',
  'soft-light',
  'difference',
  'exclusion',
] as const
export type Blend = (typeof blends)[number]

/**
 * What can find the areas that a crop keeps. Another detector finds other areas, and so makes another picture: which of them look is part of
 * what is asked.
 */
export const detectorNames = ['saliency'] as const
export type DetectorName = (typeof detectorNames)[number]

const far = 1e6
const whole: Length = { part: 1 }
const none: Length = { px: 0 }
const offset = (doc: string) => integer({ doc, unit: 'px', min: -far, max: far, fallback: 0 })
const border = (doc: string) => integer({ doc, unit: 'px', min: 0, max: far, fallback: 0 })

/** A side of the result: a length, or `auto`, which the client's hints decide. */
const side = (doc: string) =>
  custom<Length | 'auto'>({
    doc,
    unit: 'px',
    expected: 'whole px from 1, a part of the side between 0 and 1, or auto',
    read: (value) => (value === 'auto' ? 'auto' : readLength(value)),
    print: (value) => (value === 'auto' ? 'auto' : printLength(value)),
  })

/** A rectangle in px of the picture, `LEFTxTOP:RIGHTxBOTTOM`; right and bottom lie outside. */
export type Area = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

const area = custom<Area>({
  doc: 'An area.',
  unit: 'px',
  expected: 'an area such as 100x50:400x300',
  read: (text) => {
    const [, left, top, right, bottom] = /^(\d{1,7})x(\d{1,7}):(\d{1,7})x(\d{1,7})$/.exec(text) ?? []
    return bottom === undefined ? undefined : { left: Number(left), top: Number(top), right: Number(right), bottom: Number(bottom) }
  },
  print: ({ left, top, right, bottom }) => `${left}x${top}:${right}x${bottom}`,
})

/**
 * The steps of a recipe and their fields: the one place that says what a recipe can hold. A step's canonical text is printed from here.
 * Lengths and coordinates are those of the picture as the viewer sees it; px are CSS px where the recipe's `dpr` multiplies them
 * (sizes, borders, radii, offsets), px of the picture in a region.
 */
export const stepFields = {
  /** Which page or frames of the original; `animation` keeps all frames of an animation. */
  page: {
    index: integer({ doc: 'First page, from 0.', min: 0, max: 99_999, fallback: 0 }),
    count: integer({ doc: 'How many pages from there.', min: 1, max: 10_000, fallback: 1 }),
    animation: boolean({ doc: 'Keep every frame of an animation.', fallback: false }),
    density: number({ doc: 'Resolution at which a vector original is drawn.', unit: 'px per inch', min: 18, max: 1200 }),
  },
  /** Turn by the Exif tag, or as if the tag were this one. */
  orient: { tag: choice(['auto', '1', '2', '3', '4', '5', '6', '7', '8'], { doc: 'Exif orientation to apply.', fallback: 'auto' }) },
  /** Scale down what exceeds a side; the side that exceeds by more px decides. */
  bound: {
    width: integer({ doc: 'Most px across.', unit: 'px', min: 1, max: far }),
    height: integer({ doc: 'Most px down.', unit: 'px', min: 1, max: far }),
  },
  /** Cut a border of one colour. */
  trim: {
    threshold: number({ doc: 'Allowed difference from the border colour.', min: 0, max: 255, fallback: 10 }),
    background: colour({ doc: 'Border colour; else that of the corner.' }),
    corner: choice(['top-left', 'bottom-right'], { doc: 'The corner whose pixel has the border colour.', fallback: 'top-left' }),
    distance: number({
      doc: 'Instead: allowed distance of a pixel from the corner, of all channels together; row by row.',
      min: 0,
      max: 510,
    }),
  },
  /** Say what a later crop keeps in its middle: the centre of all areas, each weighing as much as it is large. */
  focus: {
    areas: list(area, { doc: 'Areas of the picture as it stands.', max: 100, fallback: [] }),
    detect: list(choice(detectorNames, { doc: 'A detector.' }), {
      doc: 'And those that a detector finds: of these the first that finds any.',
      max: 10,
      fallback: [],
    }),
  },
  /** Keep a rectangle, cut before scaling; never beyond the picture. */
  region: {
    x: length({ doc: 'Left edge.', min: 0, max: far, fallback: none }),
    y: length({ doc: 'Top edge.', min: 0, max: far, fallback: none }),
    width: length({ doc: 'Width.', min: 0, max: far, fallback: whole }),
    height: length({ doc: 'Height.', min: 0, max: far, fallback: whole }),
    square: boolean({ doc: 'The largest square in the middle, instead.', fallback: false }),
    ofWhole: boolean({ doc: 'Edges are counted on the whole picture, before it was bounded or trimmed.', fallback: false }),
    lenient: boolean({ doc: 'Where nothing would be left, nothing is cut.', fallback: false }),
  },
  /** Draw the outlines of the areas that the last focus said or found, on the picture as it stands. */
  outline: {
    colour: colour({ doc: 'Colour of the lines; thin black lines run along them.', fallback: { r: 0, g: 255, b: 0, alpha: 1 } }),
    line: integer({ doc: 'Width of the lines.', unit: 'px', min: 1, max: 20, fallback: 3 }),
  },
  /** Bring to a size. */
  resize: {
    width: side('Width of the box.'),
    height: side('Height of the box.'),
    fit: choice(fits, { doc: 'How the picture meets the box.', fallback: 'contain' }),
    aspect: number({ doc: 'Width divided by height; gives the side that is missing.', min: 1e-4, max: 1e4 }),
    gravity: gravity({ doc: 'What a crop keeps, where padding puts the picture.', fallback: middle }),
    enlarge: boolean({ doc: 'May the result exceed the region?', fallback: false }),
    max: integer({ doc: 'Longest side after dpr.', unit: 'px', min: 1, max: far }),
    kernel: choice(kernels, { doc: 'Resampling kernel.', fallback: 'lanczos3' }),
    background: background({ doc: 'What fills a padded box; else clear or white.' }),
    rounding: choice(roundings, { doc: 'How sides become whole.', fallback: 'half-up' }),
    adaptive: boolean({ doc: 'A box that lies across the picture is turned (rounding stepwise, contain and outside).', fallback: false }),
    capped: boolean({ doc: 'Each side of the box is at most that of the whole picture (rounding stepwise).', fallback: false }),
  },
  /** Enlarge to fit inside the box that the last resize was asked for, where the picture is smaller on both sides. */
  upscale: {},
  /** Multiply both sides, rounded down; nothing where one would vanish. */
  scale: { factor: number({ doc: 'Factor of both sides.', min: 1e-4, max: 1, fallback: 1 }) },
  /** Lay the picture in the middle of a canvas of the size that the last resize was asked for; what is larger is cut. */
  canvas: {
    background: background({ doc: 'What fills it; else clear or white.' }),
    under: boolean({ doc: 'It is seen through the picture too.', fallback: false }),
  },
  /** Mirror top to bottom (flip), left to right (flop). */
  mirror: { flip: boolean({ doc: 'Top to bottom.', fallback: false }), flop: boolean({ doc: 'Left to right.', fallback: false }) },
  /** Turn clockwise. */
  rotate: {
    degrees: number({ doc: 'Clockwise.', unit: 'degrees', min: 0, max: 360, fallback: 0 }),
    background: colour({ doc: 'Colour of the corners; else clear or white.' }),
  },
  /** Add a border of given widths. */
  pad: {
    top: border('Width above.'),
    right: border('Width to the right.'),
    bottom: border('Width below.'),
    left: border('Width to the left.'),
    background: background({ doc: 'What fills it; else clear or white.' }),
  },
  /** Round the corners off. */
  radius: {
    corners: list(integer({ doc: 'Radius.', min: 0, max: far }), {
      doc: 'Radius of each corner from top left clockwise, or one for all.',
      max: 4,
      fallback: [0],
    }),
    round: boolean({ doc: 'As round as can be, instead.', fallback: false }),
  },
  /** Lay a transparent picture on a colour. */
  flatten: { background: solid({ doc: 'The colour.', fallback: { r: 255, g: 255, b: 255, alpha: 1 } }) },
  /** Another original on top. */
  overlay: {
    key: text({ doc: 'Key of the original to lay on top.', max: 4096, fallback: '' }),
    width: length({ doc: 'Width, or part of the picture.', min: 1, max: far, parts: 9.99 }),
    height: length({ doc: 'Height, or part of the picture.', min: 1, max: far, parts: 9.99 }),
    gravity: anchor({ doc: 'Where it lies.', fallback: compass['bottom-right'] }),
    x: offset('Offset to the right.'),
    y: offset('Offset downwards.'),
    margin: border('Distance from the edges.'),
    alpha: number({ doc: 'Opacity.', min: 0, max: 1, fallback: 1 }),
    degrees: number({ doc: 'Turn clockwise.', unit: 'degrees', min: 0, max: 360, fallback: 0 }),
    tile: boolean({ doc: 'Repeat it over the picture.', fallback: false }),
    blend: choice(blends, { doc: 'How it is mixed.', fallback: 'over' }),
    fit: choice(['fill', 'contain'], { doc: 'How it meets a width and a height: stretched, or inside of both.', fallback: 'fill' }),
    rounding: choice(roundings, { doc: 'How its sides become whole.', fallback: 'half-up' }),
    across: spot({ doc: 'Where it lies from left to right, in place of gravity, margin and x.' }),
    down: spot({ doc: 'Where it lies from top to bottom, in place of gravity, margin and y.' }),
    fade: integer({ doc: 'Taken off the opacity of each of its pixels, in percent.', min: 0, max: 100, fallback: 0 }),
  },
  /** A nine-patch around the picture: grown by its padding, then drawn over the whole, its marked areas stretched. */
  frame: { key: text({ doc: 'Key of the nine-patch.', max: 4096, fallback: '' }) },
  /** Words on top. */
  text: {
    text: text({ doc: 'The words.', max: 500, fallback: '' }),
    font: choice(fontNames, { doc: 'Font.', fallback: 'sans bold', others: { 'sans-bold': 'sans bold' } }),
    size: length({ doc: 'Height of the font, or part of the picture.', min: 1, max: 4096, fallback: { part: 0.06 } }),
    colour: colour({ doc: 'Colour of the words.', fallback: { r: 255, g: 255, b: 255, alpha: 1 } }),
    background: colour({ doc: 'Colour behind the words.' }),
    gravity: anchor({ doc: 'Where they lie.', fallback: compass.bottom }),
    x: offset('Offset to the right.'),
    y: offset('Offset downwards.'),
    width: length({ doc: 'Width at which lines break.', min: 1, max: far, fallback: { part: 0.9 } }),
    line: border('Extra distance between lines.'),
    shadow: number({ doc: 'Softness of a shadow behind the words; 0 is none.', unit: 'px', min: 0, max: 10, fallback: 0 }),
  },
} as const satisfies Record<string, Fields>

export type StepKind = keyof typeof stepFields
export type StepOf<K extends StepKind> = { readonly kind: K } & Values<(typeof stepFields)[K]>

/** An effect by its name, with arguments as its filter reads them: canonical texts, defaults left out. */
export type FilterStep = { readonly kind: 'filter'; readonly name: string; readonly args: Readonly<Record<string, string>> }

export type Step = { [K in StepKind]: StepOf<K> }[StepKind] | FilterStep

const fallbacks = new Map(Object.entries<Fields>(stepFields).map(([kind, fields]) => [kind, fallbacksOf(fields)]))

/** A step of that kind, its fields at their fallbacks but for those given. */
export function step<K extends StepKind>(kind: K, given: Partial<Values<(typeof stepFields)[K]>> = {}): StepOf<K> {
  return { kind, ...fallbacks.get(kind), ...given } as StepOf<K>
}
