// Where Tintype means to differ from Thumbor: which rows, how far they are still compared, and why. Every row is first compared in full: what is the
// same counts as the same, whatever line would name it.

/**
 * The table; the first line that fits a row counts. A line fits by the row's `feature`, by a test of its `path` or its `original`, and by a test
 * of what Thumbor answered; what a line leaves out fits. `check` is one of
 *   likeness     all but the fingerprint that was recorded
 *   fingerprint  all but structural similarity
 *   size         status, frames and size
 *   status       the status alone
 *   refused      ours must be any 4xx
 *   answered     ours must be anything but a failure of the service
 */
export const differences = [
  {
    thumbor: ({ status }) => status >= 500,
    check: 'answered',
    what: 'Thumbor fails with a 5xx.',
    why: 'A bad value, a side of 0 and an original that cannot be had are no failure of the service.',
  },
  {
    original: /\.svgz$|-cielab\./,
    check: 'answered',
    what: 'Thumbor cannot read it.',
    why: 'libvips reads packed SVGs and CIELAB.',
  },
  {
    thumbor: ({ status }) => status >= 400 && status !== 404,
    check: 'refused',
    what: 'Thumbor says 400 to whatever it refuses.',
    why: 'Statuses that tell a bad signature, a bad URL, a missing watermark and no picture apart.',
  },
  {
    thumbor: ({ width, height }) => Math.max(width ?? 0, height ?? 0) > 8192,
    check: 'answered',
    what: 'Thumbor makes pictures of any size.',
    why: 'A side of a result is limited: limit.outputSide.',
  },
  {
    feature: 'frame',
    check: 'status',
    what: 'Thumbor 7.8.0 draws no frame: it takes each byte for a pixel, and pads the picture by what it finds.',
    why: 'The nine-patch is drawn as it is documented.',
  },
  {
    path: /\/trim:\d/,
    check: 'status',
    what: 'Thumbor reads `trim:50` as a position, without tolerance.',
    why: 'It is read as the tolerance that it is meant to be.',
  },
  {
    original: /\.gif$/,
    path: /\/filters:(?!stretch|no_upscale|focal)/,
    check: 'status',
    what: 'Thumbor leaves filters and formats out for GIFs.',
    why: 'They are applied, to every frame.',
  },
  {
    original: /\.svg$/,
    check: 'status',
    what: 'Thumbor draws an SVG into the box that is asked for, whatever fit is asked for.',
    why: 'An SVG has a size and is fitted as every other original.',
  },
  {
    original: /\.png$/,
    path: /strip_icc/,
    check: 'size',
    what: 'Thumbor keeps the profile of a PNG.',
    why: 'It is dropped, as in other formats.',
  },
  {
    original: /^corpus\/tiff-(cmyk|bigtiff)/,
    check: 'answered',
    what: 'Thumbor writes a CMYK TIFF as a PNG, which cannot be, and takes a BigTIFF for a JPEG.',
    why: 'Both become sRGB PNGs, as every TIFF.',
  },
  {
    original: /-(cmyk|ycck)|^cmyk-/,
    check: 'size',
    what: 'Thumbor makes RGB of CMYK without a profile.',
    why: 'Colours go through the profiles.',
  },
  {
    original: /^corpus\/png-palette\.png$/,
    thumbor: ({ type }) => type === 'image/png',
    check: 'size',
    what: 'Thumbor finds the colours of this palette anew, and shifts them by 12 of 255.',
    why: 'Ours stay near the original.',
  },
  {
    original: /palette|bits-|1bit/,
    thumbor: ({ type }) => type === 'image/png',
    check: 'fingerprint',
    what: 'Thumbor gives what was in a palette a palette of its own, with or without dither.',
    why: 'Which colours a palette holds is a choice of the encoder.',
  },
  {
    original: /\.tiff?$/,
    path: /tiff?-exif|exif[2-8]|turned/,
    check: 'status',
    what: 'Thumbor turns a TIFF by its Exif tag, whatever RESPECT_ORIENTATION says.',
    why: 'One rule for all formats.',
  },
  {
    path: /fill\(blur/,
    check: 'size',
    what: 'Thumbor stretches a blurred copy of the picture over the canvas.',
    why: 'The copy covers the canvas in its own shape.',
  },
  {
    feature: 'strip_icc',
    check: 'size',
    what: 'Thumbor drops the profile and leaves the numbers, which then mean other colours.',
    why: 'Colours are converted to sRGB first.',
  },
  {
    path: /round_corner/,
    check: 'likeness',
    what: 'Thumbor smooths corners by a ramp of its own, over a quarter of their radius.',
    why: 'A ramp of one pixel; alike to 0.97.',
  },
  {
    original: /^corpus\/png-16bit-rgba-trns\./,
    check: 'size',
    what: 'Thumbor clears the key colour of a PNG (tRNS) after scaling, and by the first 8 of its 16 bits.',
    why: 'It is cleared first, and whole: no colour at an edge becomes the key, or ceases to be it.',
  },
  {
    original: /^(?:3x3|5x5|7x5|3x1000|37x36)\.png$|^corpus\/(?:jpeg-arithmetic|jpeg-icc-multi-segment|gif-still)\./,
    check: 'size',
    what: 'Thumbor enlarges pictures of a few px by Lanczos, half a px of the result further left and up.',
    why: 'libvips enlarges by a cubic kernel, and counts from corners where Pillow counts from middles: of few px each is much of the picture.',
  },
  {
    path: /upscale|(?:100x100|full-fit-in.90x60)\/\{originals\}\/50x200|stretch\(\)\/\{originals\}\/(?:101x67|moving)/,
    check: 'fingerprint',
    what: 'Thumbor lays an enlarged picture half a px of the result further left and up.',
    why: 'As above; no eye sees it in larger pictures.',
  },
  {
    original: /^corpus\/png-(?:16bit-gray-alpha|exif6|interlaced-rgba)\./,
    check: 'fingerprint',
    what: 'The same: these originals are smaller than what is asked.',
    why: 'As above.',
  },
  {
    original: /adobergb|jpeg-exif-5-landscape/,
    path: /brightness|sharpen/,
    check: 'size',
    what: 'Thumbor adds to numbers that mean colours of a wide profile.',
    why: 'Effects work on sRGB.',
  },
  {
    // JPEGs of which a result is four to seven times smaller: 600x450 to 120x90.
    original: /333x500|corpus\/jpeg-(?:exif-\d-landscape|face-2|baseline-small|progressive-adobergb)\./,
    check: 'fingerprint',
    what: 'Thumbor lets the decoder of a JPEG halve it as far as it can.',
    why: 'So much is left to the scaling that no edge is jagged.',
  },
  {
    original: /clear|alpha|transparent|trns/,
    path: /format\((?:jpeg|JPG)\)/,
    check: 'size',
    what: 'Thumbor writes the colours of clear pixels into a JPEG.',
    why: 'So do we; but scaling has made them black where nothing of them was to be seen.',
  },
  {
    path: /format\(gif\)/,
    check: 'size',
    what: 'Thumbor finds other colours for the palette of a GIF, and knows no transparency beyond one of them.',
    why: 'Which colours a palette holds is a choice of the encoder.',
  },
  {
    feature: 'noise',
    check: 'size',
    what: 'Thumbor draws noise with the random numbers of its C library.',
    why: 'Ours are the same on every machine.',
  },
]

/** The deliberate difference that a row falls under, by what Thumbor answered. */
export function differenceOf({ feature, path, original }, theirs) {
  return differences.find(
    (line) =>
      (line.feature === undefined || line.feature === feature) &&
      (line.path === undefined || line.path.test(path)) &&
      (line.original === undefined || line.original.test(original)) &&
      (line.thumbor === undefined || line.thumbor(theirs)),
  )
}
