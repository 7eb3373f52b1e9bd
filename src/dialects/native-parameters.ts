import { background } from '../recipe/background.ts'
import { anchor, compass, gravity, middle } from '../recipe/gravity.ts'
import { formats, outputFields } from '../recipe/output.ts'
import { blends, kernels, stepFields } from '../recipe/steps.ts'
import { colour, white } from '../schema/colour.ts'
import type { Fields, FieldValue } from '../schema/field.ts'
import { boolean, choice, integer, number, text } from '../schema/fields.ts'
import {
  aspect,
  base64Text,
  border,
  byteCount,
  corners,
  degrees,
  density,
  keyField,
  lengthField,
  lengthOrAuto,
  rectangle,
  sides,
  tolerance,
} from './native-fields.ts'

const side = 8192 // px; the cap that most image services share
const far = { min: -side, max: side, unit: 'px', fallback: 0 } as const
const words = text({
  doc: 'Words on top.',
  aliases: ['text'],
  max: 500,
  pattern: /^(?:[^\p{Cc}]|\n)+$/u,
  expected: 'text of 1 to 500 characters',
})

/** Names of formats that `f` takes: those of results, JSON about the result, and the original as it is. */
const results = ['auto', ...formats, 'json', 'original'] as const

/**
 * Every parameter of the native dialect but the effects, which are added from the list of filters: the one table from which the parser, the
 * printer and the reference are made. Keys are the canonical names.
 */
export const nativeGroups = {
  size: {
    w: lengthOrAuto({ doc: 'Width; auto takes it from Sec-CH-Width.', aliases: ['width'], min: 1, max: side, whole: false }),
    h: lengthField({ doc: 'Height; one side alone keeps the ratio.', aliases: ['height'], min: 1, max: side, whole: false }),
    fit: choice(['contain', 'cover', 'outside', 'pad', 'fill'], {
      doc: 'How the picture meets the box: contain lies inside, cover fills and crops, outside fills and overhangs, pad lies inside and is extended, fill stretches. With ar it is cover.',
      fallback: 'contain',
      others: { 'scale-down': 'contain' },
    }),
    ar: aspect({ doc: 'Width by height; gives the side that is missing.' }),
    enlarge: boolean({ doc: 'May the result be larger than the original?', aliases: ['up'], fallback: false }),
    dpr: density({ doc: 'Device px per CSS px; multiplies lengths, but no crop. auto takes it from Sec-CH-DPR.', fallback: 1 }),
    max: integer({ doc: 'Longest side, after dpr.', unit: 'px', min: 1, max: side }),
    kernel: choice(kernels, { doc: 'Resampling kernel.', fallback: 'lanczos3' }),
  },
  place: {
    g: gravity({ doc: 'What a crop keeps, where padding puts the picture.', aliases: ['gravity', 'pos'], fallback: middle }),
    crop: rectangle({ doc: 'Keep this part, cut before scaling.', aliases: ['rect'] }),
    trim: tolerance({ doc: 'Cut a border of one colour: 1, or how much it may vary; off unless trim-color is given.' }),
    'trim-color': colour({ doc: 'Colour of the border; else that of the top-left pixel.' }),
    rotate: degrees({ doc: 'Turn clockwise.', aliases: ['rot'], fallback: 0 }),
    flip: choice(['h', 'v', 'hv'], { doc: 'Mirror left to right, top to bottom, or both.', others: { vh: 'hv' } }),
    orient: choice(['auto', '1', '2', '3', '4', '5', '6', '7', '8'], {
      doc: 'Exif orientation: as the file says, none, or this one.',
      fallback: 'auto',
      others: { none: '1' },
    }),
  },
  canvas: {
    bg: background({
      doc: 'What lies behind the picture and around it: a colour, its commonest colour (auto), or itself blurred (blur).',
      aliases: ['background'],
    }),
    pad: sides({ doc: 'Border in the colour of bg, 1 to 4 widths as in CSS.', max: 4096, fallback: [0, 0, 0, 0] }),
    border: border({ doc: 'Border of a width and a colour.', max: 512 }),
    radius: corners({ doc: 'Radius of the corners, one or four from top left clockwise, or max.', max: side, fallback: [0] }),
  },
  output: {
    f: choice(results, {
      doc: 'Format; auto chooses by Accept; json explains; original passes the original on.',
      aliases: ['format', 'fm'],
      fallback: 'auto',
      others: { jpg: 'jpeg', tif: 'tiff' },
    }),
    q: { ...outputFields.quality, aliases: ['quality'] },
    bytes: byteCount({
      doc: 'Lower the quality until the result has at most so many bytes.',
      aliases: ['max-bytes'],
      min: 1000,
      max: 50_000_000,
    }),
    lossless: outputFields.lossless,
    effort: outputFields.effort,
    progressive: { ...outputFields.progressive, aliases: ['il'] },
    chroma: choice(['auto', '420', '444'], { doc: 'Chroma subsampling.', fallback: 'auto', others: { '4:2:0': '420', '4:4:4': '444' } }),
    colors: outputFields.colours,
    meta: { ...outputFields.metadata, aliases: ['metadata'] },
    icc: { ...outputFields.profile, aliases: ['cs'] },
    hdr: outputFields.gainMap,
  },
  source: {
    page: integer({ doc: 'Page or frame of the original, from 1; alone it makes a still.', aliases: ['frame'], min: 1, max: 100_000 }),
    pages: integer({ doc: 'How many pages from there.', min: 1, max: 10_000 }),
    anim: boolean({ doc: 'Keep every frame of an animation.', fallback: true }),
    loop: outputFields.loop,
    fps: outputFields.fps,
    density: { ...stepFields.page.density, aliases: ['dpi'] },
  },
  overlay: {
    mark: keyField({ doc: 'Another original on top.', aliases: ['overlay'] }),
    'mark-w': lengthField({
      doc: 'Its width; 1.0 is that of the result. Free when mark-h is given.',
      min: 1,
      max: side,
      fallback: { part: 0.25 },
    }),
    'mark-h': lengthField({ doc: 'Its height; else by its ratio.', min: 1, max: side }),
    'mark-g': anchor({ doc: 'Where it lies.', aliases: ['mark-align'], fallback: compass['bottom-right'] }),
    'mark-x': integer({ doc: 'Offset to the right.', ...far }),
    'mark-y': integer({ doc: 'Offset downwards.', ...far }),
    'mark-pad': integer({ doc: 'Distance from the edges.', unit: 'px', min: 0, max: 4096, fallback: 8 }),
    'mark-alpha': number({ doc: 'Opacity.', min: 0, max: 1, fallback: 1 }),
    'mark-rot': degrees({ doc: 'Turn it clockwise.', fallback: 0 }),
    'mark-tile': boolean({ doc: 'Repeat it over the picture.', fallback: false }),
    'mark-blend': choice(blends, { doc: 'How it is mixed.', fallback: 'over' }),
  },
  text: {
    txt: words,
    txt64: base64Text({ doc: 'The words as base64url.' }, words),
    'txt-font': stepFields.text.font,
    'txt-size': lengthField({ doc: 'Height of the font.', min: 4, max: 512, fallback: { part: 0.06 } }),
    'txt-color': colour({ doc: 'Colour of the words.', fallback: white }),
    'txt-bg': colour({ doc: 'Colour behind the words.' }),
    'txt-g': anchor({ doc: 'Where they lie.', fallback: compass.bottom }),
    'txt-x': integer({ doc: 'Offset to the right.', ...far }),
    'txt-y': integer({ doc: 'Offset downwards.', ...far }),
    'txt-w': lengthField({ doc: 'Width at which lines break.', min: 1, max: side, fallback: { part: 0.9 } }),
    'txt-line': integer({ doc: 'Extra distance between lines.', unit: 'px', min: 0, max: 512, fallback: 0 }),
    'txt-shad': number({ doc: 'Softness of a shadow behind the words; 0 is none.', unit: 'px', min: 0, max: 10, fallback: 0 }),
  },
  control: {
    preset: text({ doc: 'A named bundle of parameters; what the URL says itself wins.', aliases: ['p'], max: 60 }),
    url: keyField({ doc: 'The original, instead of a key in the path.' }),
    default: keyField({ doc: 'The original to use when the first is missing.', aliases: ['d'] }),
    onerror: choice(['error', 'redirect', 'default', 'transparent', 'picture'], {
      doc: 'What an error is answered with.',
      fallback: 'error',
    }),
    dl: text({
      doc: 'Download under this name; empty for one made from the original.',
      aliases: ['filename'],
      min: 0,
      max: 200,
      pattern: /^[^\p{Cc}/\\]*$/u,
      expected: 'a file name without slashes',
    }),
    v: text({
      doc: 'A version: makes the URL new and its answer immutable.',
      max: 100,
      pattern: /^[\w.~:-]+$/,
      expected: 'a token of letters, digits and . _ ~ : -',
    }),
    expires: integer({
      doc: 'Unix seconds after which the URL is no good; signed URLs only.',
      aliases: ['exp'],
      min: 1,
      max: 253_402_300_799,
    }),
    s: text({ doc: 'Signature.', aliases: ['sig'], max: 200 }),
  },
} as const satisfies Record<string, Fields>

/** The same without the groups. */
export const nativeFields = {
  ...nativeGroups.size,
  ...nativeGroups.place,
  ...nativeGroups.canvas,
  ...nativeGroups.output,
  ...nativeGroups.source,
  ...nativeGroups.overlay,
  ...nativeGroups.text,
  ...nativeGroups.control,
} as const satisfies Fields

export type NativeName = keyof typeof nativeFields

/** What a URL gives, by canonical names; nothing is filled in. */
export type NativeValues = { readonly [K in NativeName]?: FieldValue<(typeof nativeFields)[K]> }

/** Fallbacks that hold only while another parameter is absent: beside it the value counts even when it is the fallback. */
export const unless: Readonly<Partial<Record<NativeName, NativeName>>> = { fit: 'ar', 'mark-w': 'mark-h', anim: 'page' }

/** What may stand beside a preset where only presets are allowed: it changes no pixel. */
export const besidePresets: ReadonlySet<string> = new Set<NativeName>(['preset', 'url', 'dl', 'v', 'expires', 's'])
