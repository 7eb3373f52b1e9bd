// What the side-by-side with Thumbor asks for: a list by rule, the same each time. A row is a feature, the path below the mount, in which
// the address of the originals is open (address.mjs), and the original. Rows over a corpus are left to `corpusRows`, since it may be absent.
import { at } from './address.mjs'
import { effects } from './filter-rows.mjs'
import { geometry } from './geometry-rows.mjs'

const row = (feature, words, original) => ({ feature, path: `/unsafe/${words === '' ? '' : `${words}/`}${at(original)}`, original })

/** Paths that are refused, or read in a way that surprises. */
const others = [
  ...['/300x200/{o}', '/unsafe/{m}', '/unsafe/10x10/{m}', '/unsafe/10x10/http:/{o}'].map((path) => ['refused', path, '100x100.png']),
  ...['/unsafe/10x10/{o}', '/unsafe/{o}'].flatMap((path) => ['words.png', 'nothing.png'].map((original) => ['refused', path, original])),
  ...[
    '/unsafe/trim:50/{o}',
    '/unsafe/origx/{o}',
    '/unsafe/xorig/{o}',
    '/unsafe/trim::50/{o}',
    '/unsafe/filters%3Ablur(2)/{o}',
    '/unsafe/filters:quality(80)junk/{o}',
  ].map((path) => ['odd', path, '100x100.png']),
  ...['/unsafe/x/{o}', '/unsafe/-x-/{o}', '/unsafe/007x08/{o}', '/unsafe/full-adaptive-fit-in/9x9/{o}', '/unsafe/top/9x9/{o}'].map(
    (path) => ['odd', path, '101x67.png'],
  ),
  ...['/unsafe/50x40/{n}', '/unsafe/50x40/{e}', '/unsafe/fit-in/50x40/filters:fill(red)/{e}'].map((path) => ['image', path, '101x67.png']),
  ...['/unsafe/debug/60x60/{o}', '/unsafe/debug/60x60/filters:grayscale()/{o}'].map((path) => ['debug', path, '100x100.png']),
]

/** Rows over the drawn originals. */
export function drawnRows() {
  return unlike([
    ...geometry.flatMap(([feature, words, originals]) =>
      (words === '' ? [''] : words.split(' ')).flatMap((one) => originals.map((original) => row(feature, one, original))),
    ),
    ...effects.flatMap(([feature, words, calls, originals]) =>
      calls.flatMap((call) => originals.map((original) => row(feature, `${words === '' ? '' : `${words}/`}filters:${call}`, original))),
    ),
    ...others.map(([feature, path, original]) => ({ feature, path: written(path, original), original })),
  ])
}

/** `{o}`: the original; `{n}`: without its scheme; `{e}`: percent-encoded; `{m}`: one that is not there. */
function written(path, original) {
  return path
    .replace('{o}', at(original))
    .replace('{n}', `{host}/${original}`)
    .replace('{e}', `{encoded}%2F${original}`)
    .replace('{m}', at('missing.png'))
}

/** What is asked of files of the corpus, in turn; each gets several, and each of these gets several files. */
const corpusWords = [
  '200x150',
  'fit-in/160x160',
  'x90',
  '120x120/filters:grayscale()',
  '-90x160/left/top',
  'fit-in/200x100/filters:fill(white)',
  '10x8:3000x2000/100x',
  '150x100/filters:format(webp)',
  'full-fit-in/90x60/filters:format(jpeg)',
  '100x100/filters:brightness(15):contrast(10)',
  'adaptive-fit-in/90x140',
  '160x90/filters:round_corner(12,255,255,255):format(png)',
  '120x/filters:quality(50)',
  'fit-in/120x120/filters:fill(auto):format(jpeg)',
  '140x140/filters:sharpen(2,1,true)',
  `180x120/filters:watermark(${at('sign-20x20.png')},-6,-6,20)`,
  '90x90/right/bottom/filters:rotate(90)',
  '130x98/filters:blur(3)',
  'fit-in/100x140/filters:background_color(ffeecc)',
  '110x80/filters:saturation(1.6)',
  'trim:top-left:12/fit-in/120x120',
]

/** Rows over the still pictures of a corpus, as its index lists them: four each, by turns. */
export function corpusRows(files) {
  const stills = files.filter(({ sharpDecodes, pages, format }) => sharpDecodes && (pages === 1 || format !== 'gif'))
  const named = stills.filter(({ file, pages }) => pages === 1 || /^(avif|tiff)-/.test(file)).sort((a, b) => (a.file < b.file ? -1 : 1))
  return unlike(
    named.flatMap(({ file }, index) =>
      [0, 1, 2, 3].map((turn) => ({
        ...row('corpus', corpusWords[(index * 4 + turn * 5) % corpusWords.length], `corpus/${file}`),
      })),
    ),
  )
}

function unlike(rows) {
  return [...new Map(rows.map((each) => [each.path, each])).values()]
}
