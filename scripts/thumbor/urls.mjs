// What the side-by-side with Thumbor asks for: a list by rule, the same each time. A row is a feature, the path below the mount, in which
// `{originals}` stands for where originals are served, and the original. Rows over the corpus are left to `corpusRows`, since it may be absent.

/** Stands in paths for the address of the originals, such as `http://127.0.0.1:9000`. */
export const placeholder = '{originals}'

const at = (name) => `${placeholder}/${name}`
const row = (feature, words, original) => ({ feature, path: `/unsafe/${words === '' ? '' : `${words}/`}${at(original)}`, original })

/** Words of geometry, each on each of its originals. */
const geometry = [
  ['size', '300x200 400x150 299x225 300x226 300x x200 1x 0x0 1600x1600 origx100 100xorig origxorig', ['800x600.jpg']],
  ['size', '100x75 100x73 75x100 50x x20', ['100x100.png', 'clear-300x200.png', 'gray-160x120.jpg']],
  ['size', '2x1 1x2 10x10', ['5x5.png', '7x5.png', '3x3.png']],
  ['size', '18x18 10x20', ['37x36.png']],
  ['size', '50x50 300x x33', ['101x67.png']],
  ['size', '100x100 x99', ['333x500.jpg', '50x200.png']],
  ['size', '100x56 100x57 480x270', ['1920x1080.jpg']],
  ['size', '10x 100x 2x100 x100', ['3x1000.png']],
  ['align', '0x0/left/top 300x200/left/top 300x200/right/bottom 100x100/left 100x100/right', ['800x600.jpg']],
  ['align', '120x200/left/middle 120x200/right 200x60/top 200x60/bottom 200x60/center/bottom', ['600x800.jpg', 'photo-240x180.png']],
  ['flip', '-300x200 300x-200 -300x-200 -0x-0 -x150 -100x', ['800x600.jpg']],
  ['flip', '-80x60 -x-', ['clear-300x200.png', 'moving-80x60.gif']],
  ['fit-in', 'fit-in/300x200 fit-in/200x300 fit-in/1000x1000 fit-in/origx300 fit-in/200x fit-in/x150', ['800x600.jpg']],
  ['fit-in', 'fit-in/50x50 fit-in/30x30', ['101x67.png', '50x200.png', '37x36.png', 'clear-300x200.png']],
  ['fit-in', 'fit-in/100x100', ['333x500.jpg', '3x1000.png', 'palette-160x120.png', 'photo-240x180.webp', 'photo-240x180.tif']],
  ['full-fit-in', 'full-fit-in/300x200 full-fit-in/200x300 full-fit-in/1000x1000 full-fit-in/origx900', ['800x600.jpg']],
  ['full-fit-in', 'full-fit-in/50x50 full-fit-in/90x30', ['101x67.png', '37x36.png']],
  ['adaptive', 'adaptive-fit-in/200x300 adaptive-full-fit-in/200x300 adaptive-fit-in/300x200', ['800x600.jpg', '600x800.jpg']],
  ['adaptive', 'adaptive-full-fit-in/90x60', ['50x200.png', '101x67.png']],
  ['crop', '100x50:500x450/200x100 100x50:5000x5000/200x200 500x50:100x450/200x200 10x20:300x400 0x0:400x300/x90', ['800x600.jpg']],
  ['crop', '10x10:60x50 10x10:60x50/fit-in/20x20 20x0:80x100/-40x 0x0:0x0/40x40', ['100x100.png', 'clear-300x200.png']],
  ['crop', '5x5:50x40/30x30', ['moving-80x60.gif', 'still-120x90.gif', 'photo-240x180.webp', 'gray-clear-160x120.png']],
  ['trim', 'trim trim:top-left trim:bottom-right trim:top-left:20 trim:bottom-right:60 trim:top-left:442', ['framed-200x150.png']],
  ['trim', 'trim trim:top-left:10 trim:top-left:40/100x100 trim:top-left:30/fit-in/90x90', ['framed-200x150.jpg']],
  ['trim', 'trim trim/40x40 trim/5x5:40x40', ['framed-clear-120x90.png', 'framed-200x150.png']],
  ['trim', 'trim', ['100x100.png', 'flat-64x64.png']],
  ['smart', '300x200/smart fit-in/200x100/smart', ['800x600.jpg']],
  ['smart', '50x80/smart 50x80/left/top/smart', ['clear-300x200.png', '333x500.jpg']],
  ['whole', '', ['800x600.jpg', '100x100.png', 'clear-300x200.png', 'palette-160x120.png', 'palette-clear-160x120.png', 'bits-96x64.png']],
  ['whole', '', ['gray-160x120.jpg', 'gray-clear-160x120.png', 'deep-160x120.png', 'cmyk-160x120.jpg', 'p3-160x120.jpg', 'p3-160x120.png']],
  [
    'whole',
    '',
    ['photo-240x180.webp', 'clear-240x180.webp', 'photo-240x180.tif', 'photo-120x90.avif', 'still-120x90.gif', 'moving-80x60.gif'],
  ],
  ['whole', '', ['drawing-200x100.svg', 'turned-200x120.jpg']],
  ['kinds', '60x60', ['palette-160x120.png', 'palette-clear-160x120.png', 'bits-96x64.png', 'gray-160x120.jpg', 'gray-clear-160x120.png']],
  [
    'kinds',
    '60x60',
    ['deep-160x120.png', 'cmyk-160x120.jpg', 'p3-160x120.jpg', 'p3-160x120.png', 'photo-240x180.webp', 'clear-240x180.webp'],
  ],
  [
    'kinds',
    '60x60',
    ['photo-240x180.tif', 'photo-120x90.avif', 'still-120x90.gif', 'moving-80x60.gif', 'drawing-200x100.svg', 'turned-200x120.jpg'],
  ],
  ['meta', 'meta/300x200 meta/fit-in/200x200 meta/100x50:500x450/-20x20 meta/10x20:300x400/x90', ['800x600.jpg']],
]

/** Filters with their arguments, each after the words of geometry before it, on each of its originals. */
const effects = [
  ['focal', '400x400', ['focal(700x500:800x600)'], ['800x600.jpg']],
  ['focal', '300x100', ['focal(146x206:279x360)', 'focal(146x206:279x360):focal(700x0:790x80)'], ['800x600.jpg']],
  ['focal', '100x100:300x300/200x100', ['focal(150x250:250x290)', 'focal(600x450:700x500)', 'focal(nonsense)'], ['800x600.jpg']],
  ['stretch', '200x100', ['stretch()'], ['800x600.jpg', '101x67.png', 'moving-80x60.gif']],
  ['stretch', 'fit-in/200x100', ['stretch()'], ['800x600.jpg']],
  ['no_upscale', '1000x900', ['no_upscale()'], ['800x600.jpg']],
  ['no_upscale', '120x50', ['no_upscale()'], ['100x100.png', 'clear-300x200.png']],
  ['no_upscale', '300x', ['no_upscale()'], ['101x67.png']],
  ['upscale', 'fit-in/200x200', ['upscale()'], ['101x67.png', '50x200.png', '100x100.png', 'gray-160x120.jpg']],
  ['upscale', 'fit-in/300x', ['upscale()'], ['101x67.png']],
  ['proportion', '300x200', ['proportion(0.5)', 'proportion(0.33)', 'proportion(1)', 'proportion(1.5)', 'proportion(0)'], ['100x100.png']],
  ['proportion', '', ['proportion(0.25)'], ['800x600.jpg', 'clear-300x200.png', '3x3.png', '3x1000.png']],
  ['rotate', '', ['rotate(90)', 'rotate(180)', 'rotate(-90)', 'rotate(450)', 'rotate(45)'], ['photo-240x180.png']],
  ['rotate', '60x40', ['rotate(90)', 'rotate(270)'], ['clear-300x200.png', '800x600.jpg', 'gray-160x120.jpg']],
  [
    'fill',
    'fit-in/200x50',
    ['fill(red)', 'fill(00ff00)', 'fill(auto)', 'fill(blur)', 'fill(transparent)', 'fill(fff,1)'],
    ['100x100.png', '101x67.png'],
  ],
  ['fill', '200x300', ['fill(red)'], ['100x100.png']],
  ['fill', '200x0', ['fill(red)'], ['100x100.png']],
  ['fill', 'fit-in/200x300', ['fill(red)'], ['100x100.png']],
  ['fill', 'fit-in/200x0', ['fill(red)'], ['100x100.png', '101x67.png']],
  ['fill', 'full-fit-in/200x50', ['fill(red)'], ['100x100.png']],
  ['fill', 'fit-in/8x6', ['fill(red)'], ['3x3.png', '5x5.png']],
  ['fill', 'fit-in/60x40', ['rotate(90):fill(red)', 'fill(red):rotate(90)'], ['50x200.png']],
  ['fill', 'fit-in/300x200', ['fill(blue)', 'fill(auto)', 'fill(blur)', 'fill(transparent)', 'fill(ffcc00,1)'], ['600x800.jpg']],
  [
    'fill',
    'fit-in/150x150',
    ['fill(green)', 'fill(green,1)', 'fill(transparent,true)', 'fill(auto,true)', 'fill(blur,true)'],
    ['clear-300x200.png'],
  ],
  ['fill', 'adaptive-fit-in/60x90', ['fill(navy)'], ['101x67.png', 'palette-160x120.png']],
  ['fill', 'fit-in/60x60', ['fill(nosuchcolour)', 'fill(none)'], ['100x100.png']],
  [
    'background_color',
    '100x80',
    ['background_color(blue)', 'background_color(ff8800)', 'background_color(auto)', 'background_color(transparent)'],
    ['clear-300x200.png'],
  ],
  ['background_color', '60x60', ['background_color(white)'], ['gray-clear-160x120.png', '800x600.jpg', 'palette-clear-160x120.png']],
  ['background_color', '60x60', ['background_color(white):format(jpeg)'], ['clear-300x200.png', 'clear-240x180.webp']],
  ['blur', '120x90', ['blur(1)', 'blur(7)', 'blur(10,3)', 'blur(200,2)', 'blur(0)'], ['photo-240x180.png']],
  ['blur', '120x90', ['blur(4)'], ['clear-300x200.png', '800x600.jpg', 'gray-160x120.jpg']],
  ['brightness', '120x90', ['brightness(20)', 'brightness(-40)', 'brightness(0)'], ['photo-240x180.png', 'clear-300x200.png']],
  ['brightness', '', ['brightness(20)', 'brightness(-1)'], ['flat-64x64.png']],
  ['colorize', '120x90', ['colorize(50,25,10,ff00ff)', 'colorize(0,0,100,808080)'], ['photo-240x180.png', 'clear-300x200.png']],
  ['colorize', '', ['colorize(50,25,10,ff00ff)', 'colorize(50,25,10,zz)', 'colorize(100,100,100,123456)'], ['flat-64x64.png']],
  ['contrast', '120x90', ['contrast(20)', 'contrast(-40)'], ['photo-240x180.png', 'clear-300x200.png']],
  ['contrast', '', ['contrast(20)', 'contrast(-100)', 'contrast(-150)'], ['flat-64x64.png']],
  [
    'convolution',
    '120x90',
    ['convolution(1;2;1;2;4;2;1;2;1,3,true)', 'convolution(-1;-1;-1;-1;8;-1;-1;-1;-1,3,false)'],
    ['photo-240x180.png', 'clear-300x200.png'],
  ],
  [
    'convolution',
    '120x90',
    ['convolution(0;0;0;1;0;0;0;0;0,3)', 'convolution(1;1;1;1,2)', 'convolution(0;-1;0;-1;5;-1;0;-1;0,3,1)'],
    ['photo-240x180.png'],
  ],
  [
    'curve',
    '120x90',
    ['curve([(0,0),(128,160),(255,255)],[(0,0),(255,255)],[(0,20),(255,235)],[(0,0),(90,40),(255,255)])'],
    ['photo-240x180.png', 'clear-300x200.png'],
  ],
  [
    'curve',
    '120x90',
    ['curve([(0,0),(255,255)],[(40,46),(64,55),(128,127),(255,198)],[(0,0),(255,255)],[(0,255),(255,0)])'],
    ['photo-240x180.png', 'gray-160x120.jpg'],
  ],
  ['equalize', '120x90', ['equalize()'], ['photo-240x180.png', '800x600.jpg', 'clear-300x200.png', 'gray-160x120.jpg']],
  ['equalize', '', ['equalize()'], ['flat-64x64.png']],
  [
    'format',
    '90x60',
    ['format(jpeg)', 'format(png)', 'format(webp)', 'format(gif)', 'format(avif)', 'format(JPG)', 'format(bmp)'],
    ['photo-240x180.png', 'clear-300x200.png'],
  ],
  ['format', '60x60', ['format(png)', 'format(webp)'], ['cmyk-160x120.jpg', 'p3-160x120.jpg', 'gray-160x120.jpg', 'photo-240x180.tif']],
  [
    'format',
    '60x60',
    ['format(jpeg)'],
    ['still-120x90.gif', 'palette-clear-160x120.png', 'gray-clear-160x120.png', 'deep-160x120.png', 'photo-120x90.avif'],
  ],
  ['frame', '160x120', [`frame(${at('nine-patch-48.png')})`], ['800x600.jpg', 'clear-300x200.png', 'photo-240x180.png']],
  ['frame', '60x60', [`frame(${at('nine-patch-48.png')})`, `frame(${at('missing.png')})`], ['101x67.png']],
  ['grayscale', '120x90', ['grayscale()'], ['photo-240x180.png', 'clear-300x200.png', '800x600.jpg', 'palette-160x120.png']],
  ['grayscale', '', ['grayscale()'], ['flat-64x64.png']],
  ['max_age', '60x60', ['max_age(60)', 'max_age(0)'], ['100x100.png']],
  ['max_bytes', '400x300', ['max_bytes(9000)', 'max_bytes(4000)', 'max_bytes(50)'], ['800x600.jpg']],
  ['max_bytes', '200x150', ['format(webp):max_bytes(2000)', 'max_bytes(2000)'], ['photo-240x180.png']],
  ['noise', '120x90', ['noise(40,7)', 'noise(10)', 'noise(0)'], ['photo-240x180.png']],
  ['noise', '120x90', ['noise(20,3)'], ['clear-300x200.png', '800x600.jpg']],
  ['quality', '200x150', ['quality(10)', 'quality(50)', 'quality(95)', 'quality(100)', 'quality(0)'], ['800x600.jpg']],
  [
    'quality',
    '120x90',
    ['format(webp):quality(30)', 'format(webp):quality(100)', 'format(avif):quality(60)', 'quality(20)'],
    ['photo-240x180.png'],
  ],
  ['rgb', '120x90', ['rgb(20,-20,5)', 'rgb(-100,100,40)'], ['photo-240x180.png', 'clear-300x200.png']],
  ['rgb', '', ['rgb(20,-20,5)'], ['flat-64x64.png']],
  [
    'round_corner',
    '120x90',
    ['round_corner(20,255,255,255)', 'round_corner(30|15,0,40,200)', 'round_corner(500,0,0,0)', 'round_corner(20,0,0,0,true)'],
    ['photo-240x180.png', 'clear-300x200.png'],
  ],
  ['round_corner', '120x90', ['round_corner(24,255,0,0)', 'round_corner(24,255,0,0,1)', 'round_corner(0,255,0,0)'], ['800x600.jpg']],
  ['saturation', '120x90', ['saturation(2)', 'saturation(0)', 'saturation(0.5)'], ['photo-240x180.png', 'clear-300x200.png']],
  ['saturation', '', ['saturation(2)', 'saturation(0)'], ['flat-64x64.png']],
  [
    'sharpen',
    '120x90',
    ['sharpen(2,1,true)', 'sharpen(2,1,false)', 'sharpen(0.5,0.5,true)', 'sharpen(6,2,false)', 'sharpen(2,1)'],
    ['photo-240x180.png'],
  ],
  ['sharpen', '120x90', ['sharpen(3,1,true)'], ['800x600.jpg', 'clear-300x200.png', 'gray-160x120.jpg']],
  ['strip_icc', '60x60', ['strip_icc()'], ['p3-160x120.jpg', 'p3-160x120.png']],
  ['strip_exif', '60x60', ['strip_exif()'], ['turned-200x120.jpg']],
  [
    'watermark',
    '200x150',
    ['10,10,0', '-10,-10,50', 'center,center,25', '25p,50p,0', '-10p,-20p,0', '-0,0,0', '500,500,0', '190,140,0'].map(
      (more) => `watermark(${at('sign-60x40.png')},${more})`,
    ),
    ['800x600.jpg'],
  ],
  [
    'watermark',
    '200x150',
    ['repeat,10,0', '10,repeat,40', 'repeat,repeat,30', 'center,repeat,0'].map((more) => `watermark(${at('sign-20x20.png')},${more})`),
    ['800x600.jpg', 'clear-300x200.png'],
  ],
  [
    'watermark',
    '',
    ['repeat,repeat,0'].map((more) => `watermark(${at('sign-20x20.png')},${more})`),
    ['photo-240x180.png', '37x36.png', '101x67.png'],
  ],
  [
    'watermark',
    '200x150',
    ['10,10,0,50', '10,10,0,none,40', 'center,center,20,50,20', '10,10,0,0', '-5,-5,0,25,none', '0,0,100'].map(
      (more) => `watermark(${at('sign-60x40.png')},${more})`,
    ),
    ['photo-240x180.png', 'clear-300x200.png'],
  ],
  [
    'watermark',
    '100x80',
    [`watermark(${at('sign-60x40.png')},5,5,0):watermark(${at('sign-20x20.png')},-5,-5,0)`],
    ['palette-160x120.png', 'gray-160x120.jpg'],
  ],
  ['watermark', '60x60', [`watermark(${at('missing.png')},5,5,0)`, `watermark(${at('sign-20x20.png')},left,5,0)`], ['100x100.png']],
  [
    'chain',
    '160x120',
    [
      'brightness(10):contrast(20):saturation(1.5)',
      'blur(3):sharpen(2,1,true)',
      'rotate(90):round_corner(15,255,255,255)',
      'grayscale():colorize(40,20,0,ffcc88)',
    ],
    ['800x600.jpg', 'photo-240x180.png'],
  ],
  [
    'chain',
    'fit-in/160x160',
    [
      'fill(white):round_corner(20,0,0,0):format(png)',
      'rgb(10,0,-10):fill(auto):quality(70)',
      `fill(black):watermark(${at('sign-20x20.png')},-4,-4,0):format(jpeg)`,
    ],
    ['101x67.png', '600x800.jpg', 'clear-300x200.png'],
  ],
  ['chain', 'trim:top-left:5/10x20:300x400/-90x120/right/bottom', ['grayscale():quality(60)'], ['800x600.jpg']],
  ['chain', 'trim:top-left:20/10x10:130x100/-80x60/left', ['brightness(-10):format(webp)'], ['framed-200x150.png']],
  [
    'dropped',
    '60x60',
    [
      'nosuch()',
      'blur()',
      'quality(abc)',
      'brightness(1.5)',
      'BLUR(3)',
      'quality(80)junk:grayscale()',
      'grayscale(1)',
      'rotate(90,1)',
      'rgb(1,2)',
    ],
    ['photo-240x180.png'],
  ],
  ['gif', '40x40', ['grayscale()', 'rotate(90)', 'format(png)', 'quality(10)', 'blur(3)'], ['moving-80x60.gif', 'still-120x90.gif']],
]

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

/** A path as it is sent, with originals served at this address: `http://host:port`. */
export function target(path, originals) {
  const host = originals.replace(/^http:\/\//, '')
  return path.replaceAll(placeholder, originals).replaceAll('{host}', host).replaceAll('{encoded}', encodeURIComponent(originals))
}
