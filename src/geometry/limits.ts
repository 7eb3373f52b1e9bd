import { formats } from '../recipe/output.ts'
import type { Fields, Values } from '../schema/field.ts'
import { choice, integer, list } from '../schema/fields.ts'
import { sourceFormats } from './facts.ts'

/** What stops a bomb before it decodes. `TINTYPE_LIMIT_SOURCE_PIXELS`, `--limit-source-pixels` and a row of the docs come from each path. */
export const limitFields = {
  readFormats: list(choice(sourceFormats, { doc: 'A format of originals.', others: { jpg: 'jpeg', tif: 'tiff' } }), {
    doc: 'Formats that originals may have: the switch for a decoder with a hole. The loaders of all others are blocked in libvips itself.',
    max: sourceFormats.length,
    fallback: sourceFormats,
  }),
  writeFormats: list(choice(formats, { doc: 'A format of results.', others: { jpg: 'jpeg', tif: 'tiff' } }), {
    doc: 'Formats that results may have; auto chooses among them.',
    max: formats.length,
    fallback: formats,
  }),
  sourceBytes: integer({ doc: 'Largest original we read.', unit: 'bytes', min: 1, max: 1e9, fallback: 20_000_000 }),
  sourcePixels: integer({
    doc: 'Most pixels of an original, all its frames together.',
    unit: 'px',
    min: 1,
    max: 1e9,
    fallback: 50_000_000,
  }),
  frames: integer({ doc: 'Most frames of an animation, or pages, that we render.', min: 1, max: 10_000, fallback: 100 }),
  svgBytes: integer({ doc: 'Largest SVG we draw.', unit: 'bytes', min: 1, max: 1e8, fallback: 1_000_000 }),
  svgPixels: integer({ doc: 'Largest picture we draw from an SVG.', unit: 'px', min: 1, max: 1e9, fallback: 16_000_000 }),
  outputSide: integer({ doc: 'Longest side of a result.', unit: 'px', min: 1, max: 16_383, fallback: 8192 }),
  outputPixels: integer({ doc: 'Most pixels of a result, all its frames together.', unit: 'px', min: 1, max: 1e9, fallback: 50_000_000 }),
  avifPixels: integer({
    doc: 'Most pixels of an AVIF result; auto chooses another format beyond.',
    unit: 'px',
    min: 1,
    max: 1e9,
    fallback: 9_000_000,
  }),
  memoryBytes: integer({
    doc: 'Memory at which a render process is stopped.',
    unit: 'bytes',
    min: 1e8,
    max: 1e11,
    fallback: 1_000_000_000,
  }),
  renderSeconds: integer({ doc: 'Longest time for one picture.', unit: 'seconds', min: 1, max: 300, fallback: 10 }),
  svgSeconds: integer({ doc: 'Longest time for one picture from an SVG.', unit: 'seconds', min: 1, max: 300, fallback: 2 }),
  requestSeconds: integer({
    doc: 'Longest time for one request, from its first byte to its answer.',
    unit: 'seconds',
    min: 1,
    max: 600,
    fallback: 20,
  }),
} as const satisfies Fields

export type Limits = Values<typeof limitFields>
