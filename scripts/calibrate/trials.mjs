// What is tried of each encoder. A trial is a list of settings, each the default with some words of it changed; the default itself is
// what src/pixels/encoder-options.ts says, so a default that changes changes the trial.
import { encoderOptions, isPhotograph } from '../../dist/pixels/encoder-options.js'
import { output } from '../../dist/recipe/output.js'

const still = (picture) => picture.frames === 1
const opaque = (picture) => still(picture) && !picture.clear
const effort = (level, more = {}, words = '') => ({ name: `effort ${level}${words}`, change: { effort: level, ...more } })
const efforts = (...levels) => levels.map((level) => effort(level))

const [photograph, drawing] = ['jpeg', 'svg'].map((format) => ({ format, width: 1, height: 1, pages: 1, bytes: 1 }))
/** Of which originals the default is another one. */
const kinds = [
  ['photographs', photograph],
  ['drawings', drawing],
]
const isLike = (original) => (picture) => isPhotograph(picture.stored) === isPhotograph(original)

/** Options of our encoders for a quality on the JPEG scale. */
export function defaultsOf(given, quality = 80, original = photograph) {
  return encoderOptions({ ...output(given), alpha: false }, quality, original)
}

/**
 * `exact`: nothing is lost, so bytes and time are all. `alpha`: it is transparency that is looked at. `slow`: a setting that is tried on one picture alone.
 * `look`: all settings are compared at the likeness that the picture has as a JPEG at quality 80. Else they run as they are, and the table
 * says what became of the likeness.
 */
export const trials = [
  {
    title: 'JPEG',
    format: 'jpeg',
    look: true,
    defaults: defaultsOf({ format: 'jpeg' }),
    takes: opaque,
    settings: [
      { name: 'baseline', change: { progressive: false } },
      { name: 'baseline, fixed Huffman codes', change: { progressive: false, optimiseCoding: false } },
      { name: 'baseline, quantisation table 3', change: { progressive: false, quantisationTable: 3 } },
      { name: 'baseline, table 3, fixed codes', change: { progressive: false, quantisationTable: 3, optimiseCoding: false } },
      { name: 'baseline, trellis', change: { progressive: false, trellisQuantisation: true } },
      { name: 'baseline, trellis, overshoot', change: { progressive: false, trellisQuantisation: true, overshootDeringing: true } },
      { name: 'baseline, table 3, trellis', change: { progressive: false, quantisationTable: 3, trellisQuantisation: true } },
      { name: 'baseline, 4:4:4', change: { progressive: false, chromaSubsampling: '4:4:4' } },
      { name: 'progressive', change: { progressive: true } },
      { name: 'progressive, table 3', change: { progressive: true, quantisationTable: 3 } },
      { name: 'progressive, trellis', change: { progressive: true, trellisQuantisation: true } },
      { name: 'progressive, optimised scans', change: { progressive: true, optimiseScans: true } },
      { name: 'progressive, 4:4:4', change: { progressive: true, chromaSubsampling: '4:4:4' } },
      { name: 'mozjpeg (all of these)', change: { mozjpeg: true } },
      { name: 'mozjpeg, 4:4:4', change: { mozjpeg: true, chromaSubsampling: '4:4:4' } },
    ],
  },
  {
    title: 'WebP',
    format: 'webp',
    look: true,
    defaults: defaultsOf({ format: 'webp' }),
    takes: opaque,
    settings: [
      ...efforts(0, 1, 2, 3, 4, 5, 6),
      ...['photo', 'picture', 'drawing', 'text'].map((preset) => effort(4, { preset }, `, preset ${preset}`)),
      ...[2, 4].map((level) => effort(level, { smartSubsample: true }, ', smart subsampling')),
      effort(2, { smartDeblock: true }, ', smart deblocking'),
    ],
  },
  {
    title: 'WebP, animations',
    format: 'webp',
    look: true,
    defaults: defaultsOf({ format: 'webp' }),
    takes: (picture) => !still(picture),
    settings: [
      ...efforts(0, 1, 2, 3, 4, 5, 6),
      ...[2, 4].map((level) => effort(level, { minSize: true }, ', no key frames')),
      effort(2, { mixed: true }, ', lossless frames allowed'),
    ],
  },
  {
    title: 'WebP, transparency',
    format: 'webp',
    alpha: true,
    defaults: defaultsOf({ format: 'webp' }),
    takes: (picture) => still(picture) && picture.clear,
    settings: [
      ...efforts(0, 1, 2, 3, 4, 5, 6),
      ...[95, 90, 80, 60].map((alphaQuality) => ({ name: `alpha quality ${alphaQuality}`, change: { alphaQuality } })),
    ],
  },
  {
    title: 'WebP, lossless',
    format: 'webp',
    exact: true,
    defaults: defaultsOf({ format: 'webp', lossless: true }),
    takes: still,
    settings: [...efforts(0, 1, 2, 3, 4, 5, 6), ...[1, 20, 50].map((quality) => effort(2, { quality }, `, quality ${quality}`))],
  },
  ...kinds.map(([kind, original]) => ({
    title: `AVIF of ${kind}`,
    format: 'avif',
    look: true,
    defaults: defaultsOf({ format: 'avif' }, 80, original),
    takes: (picture) => opaque(picture) && isLike(original)(picture),
    settings: [
      ...efforts(0, 1, 2, 3, 4),
      ...efforts(5, 6).map((setting) => ({ ...setting, slow: true })),
      ...[1, 2].map((level) => effort(level, { chromaSubsampling: '4:4:4' }, ', 4:4:4')),
      ...[0, 1, 2].map((level) => effort(level, { tune: 'ssim' }, ', tuned for ssim')),
      effort(2, { tune: 'psnr' }, ', tuned for psnr'),
      effort(2, { bitdepth: 10 }, ', 10 bits'),
    ],
  })),
  ...kinds.map(([kind, original]) => ({
    title: `PNG of ${kind}`,
    format: 'png',
    exact: true,
    defaults: defaultsOf({ format: 'png' }, 80, original),
    takes: (picture) => still(picture) && isLike(original)(picture),
    settings: [false, true].flatMap((adaptiveFiltering) =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((compressionLevel) => ({
        name: `level ${compressionLevel}, ${adaptiveFiltering ? 'adaptive' : 'no'} filter`,
        change: { compressionLevel, adaptiveFiltering },
      })),
    ),
  })),
  {
    title: 'PNG with a palette',
    format: 'png',
    defaults: defaultsOf({ format: 'png', colours: 256 }),
    takes: still,
    settings: [
      ...efforts(1, 3, 5, 7, 8, 10),
      ...[0, 0.5].map((dither) => ({ name: `default, dither ${dither}`, change: { dither } })),
      ...[1, 7, 8, 9].map((compressionLevel) => ({ name: `default, level ${compressionLevel}`, change: { compressionLevel } })),
    ],
  },
  ...[
    ['GIF', true],
    ['GIF, animations', false],
  ].map(([title, stills]) => ({
    title,
    format: 'gif',
    defaults: defaultsOf({ format: 'gif' }),
    takes: (picture) => still(picture) === stills,
    settings: [
      ...efforts(1, 3, 5, 7, 8, 10),
      ...[3, 7].flatMap((level) => [0, 0.5].map((dither) => effort(level, { dither }, `, dither ${dither}`))),
      ...(stills ? [] : [4, 8].map((error) => ({ name: `default, frames may be off by ${error}`, change: { interFrameMaxError: error } }))),
    ],
  })),
]
