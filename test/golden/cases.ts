import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { native } from '../../src/dialects/native.ts'
import { Failure } from '../../src/errors.ts'
import { filters } from '../../src/filters/all.ts'
import type { Rendered } from '../../src/pixels/renderer.ts'
import { originalsIn } from '../../src/recipe/originals.ts'
import { rendered } from '../pictures.ts'

/** One picture for each thing that can be asked, from the samples. The result is encoded without loss unless the case says otherwise. */
export const cases: Readonly<Record<string, string>> = {
  // Sizes and crops
  contain: 'landscape.jpg?w=240&h=240',
  cover: 'landscape.jpg?w=180&h=180&fit=cover',
  'cover-top': 'portrait.jpg?w=200&h=120&fit=cover&g=top',
  'cover-focus': 'portrait.jpg?w=160&h=160&fit=cover&g=0.35x0.3',
  'cover-attention': 'portrait.jpg?w=160&h=160&fit=cover&g=auto',
  'cover-entropy': 'landscape.jpg?w=160&h=160&fit=cover&g=entropy',
  'pad-colour': 'landscape.jpg?w=200&h=200&fit=pad&bg=ffcc00',
  'pad-dominant': 'portrait.jpg?w=220&h=150&fit=pad&bg=auto',
  'pad-blur': 'portrait.jpg?w=240&h=160&fit=pad&bg=blur',
  fill: 'landscape.jpg?w=120&h=200&fit=fill',
  enlarge: 'logo.png?crop=60,80,90,90&w=200&enlarge=1',
  'kernel-nearest': 'drawing.png?crop=810,390,120,80&w=240&enlarge=1&kernel=nearest',
  crop: 'landscape.jpg?crop=0.25,0.25,0.5,0.5&w=220',
  trim: 'logo.png?bg=fff&trim=1&w=220',
  'exif-upright': 'rotated.jpg?w=180',
  'svg-large': 'logo.svg?w=300',
  'svg-region': 'logo.svg?crop=0,0,200,200&w=200',
  // Turns and borders
  rotate: 'landscape.jpg?rotate=12&w=240',
  'rotate-colour': 'logo.png?rotate=-30&bg=f4e9d8&w=240',
  mirror: 'landscape.jpg?flip=h&w=220',
  border: 'portrait.jpg?w=140&pad=20,10&bg=ffffff&border=4,cc3300',
  radius: 'landscape.jpg?w=220&radius=40',
  'radius-corners': 'landscape.jpg?w=220&radius=0,60,0,60',
  round: 'portrait.jpg?w=180&h=180&fit=cover&g=0.4x0.3&radius=max',
  // Colour
  brightness: 'landscape.jpg?w=200&brightness=1.4',
  contrast: 'landscape.jpg?w=200&contrast=1.6',
  saturation: 'portrait.jpg?w=150&saturation=2',
  hue: 'portrait.jpg?w=150&hue=120',
  gamma: 'landscape.jpg?w=200&gamma=1.8',
  gray: 'portrait.jpg?w=150&gray',
  sepia: 'portrait.jpg?w=150&sepia=80',
  tint: 'landscape.jpg?w=200&tint=3366cc',
  mono: 'landscape.jpg?w=200&mono=993300',
  duotone: 'portrait.jpg?w=150&duotone=1b1464,ffd86b',
  invert: 'drawing.png?w=220&invert',
  normalize: 'landscape.jpg?w=200&contrast=0.4&normalize',
  opacity: 'logo.png?w=200&opacity=0.4',
  cmyk: 'cmyk.jpg?w=220',
  'wide-gamut': 'wide-gamut.png?w=220',
  'deep-gradient': 'gradient-16bit.png?w=220',
  // Detail
  blur: 'landscape.jpg?w=220&blur=4',
  'blur-clear': 'logo.png?w=200&pad=20&blur=6',
  sharpen: 'landscape.jpg?w=200&sharpen=2',
  median: 'drawing.png?w=200&median=5',
  pixelate: 'portrait.jpg?w=150&pixelate=10',
  // Layers
  mark: 'landscape.jpg?w=240&mark=logo.png&mark-w=0.4&mark-g=top-left',
  'mark-tile': 'landscape.jpg?w=240&mark=logo.png&mark-w=60&mark-tile=1&mark-alpha=0.3',
  'mark-turned': 'portrait.jpg?w=160&mark=logo.svg&mark-w=0.6&mark-g=center&mark-rot=30&mark-blend=multiply',
  text: 'landscape.jpg?w=260&txt=A%20lake%20in%20the%20mountains&txt-shad=3',
  'text-box':
    'portrait.jpg?w=180&txt=Up%20and%20away%2C%20%3Cb%3Eover%3C%2Fb%3E%20the%20%22hills%22%20%26%20far&txt-g=top-left&txt-bg=000000a0&txt-size=0.08&txt-w=0.7',
  // Animations
  'animation-turned': 'animation.gif?w=60&rotate=90&page=1&pages=4',
  'animation-blurred': 'animation.webp?w=60&blur=2&page=3&pages=4',
  // Encoders, as they look by default
  jpeg: 'landscape.jpg?w=240&f=jpeg',
  'jpeg-of-alpha': 'logo.png?w=200&f=jpeg&bg=ffe9c7',
  webp: 'drawing.png?w=240&f=webp',
  avif: 'portrait.jpg?w=150&f=avif',
  'png-palette': 'landscape.jpg?w=200&f=png&colors=16',
}

const words = { filters, presets: {}, presetsOnly: false, ignored: [], prefix: '/i' }
const read = (key: string): Promise<Buffer> => readFile(fileURLToPath(new URL(`../../samples/${key}`, import.meta.url)))

/** Renders what a case asks for. An animation becomes WebP, what else has no format of its own PNG. */
export async function render(wish: string): Promise<Rendered> {
  const lossless = /[?&]f=/.test(wish) ? '' : wish.startsWith('animation') ? '&f=webp&lossless=1' : '&f=png'
  const order = native.parse(`/i/${wish}${lossless}`, words)
  if (order === undefined || order instanceof Failure) throw order
  return rendered(order.recipe, await Promise.all([order.key, ...originalsIn(order.recipe)].map(read)))
}
