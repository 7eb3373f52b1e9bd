import { Failure } from '../errors.ts'
import type { FilterStep, Step } from '../recipe/steps.ts'
import { printColour } from '../schema/colour.ts'

/** Steps and effects in the words of Thumbor's filters. Whether they say all of it is seen when they are read back. */

/** An argument in quotes where it needs them. */
const quoted = (text: string): string => (text.includes(',') ? `'${text}'` : text)

/** The filter that says a step behind the transformation: `rotate(90)`; `undefined` for a step that Thumbor has no filter for. */
export function callOf(step: Step): string | undefined {
  switch (step.kind) {
    case 'rotate':
      return `rotate(${(360 - step.degrees) % 360})`
    case 'scale':
      return `proportion(${step.factor})`
    case 'upscale':
      return 'upscale()'
    case 'canvas': {
      const word = wordOf(step.background)
      return word === undefined ? undefined : `fill(${word}${step.under ? ',1' : ''})`
    }
    case 'flatten':
      return `background_color(${wordOf(step.background)})`
    case 'frame':
      return `frame(${quoted(step.key)})`
    case 'overlay':
      return watermark(step)
    case 'filter':
      return effects[step.name]?.(step.args)
    default:
      return undefined
  }
}

function wordOf(background: Extract<Step, { kind: 'canvas' }>['background']): string | undefined {
  if (background === undefined || background === 'dominant') return undefined
  if (background === 'mean') return 'auto'
  if (background === 'blur') return undefined
  if (background === 'stretch') return 'blur'
  return background.alpha === 0 ? 'transparent' : printColour(background)
}

function watermark({ key, across, down, fade, width, height }: Extract<Step, { kind: 'overlay' }>): string | undefined {
  if (across === undefined || down === undefined) return undefined
  const ratios = [width, height].map((length) =>
    length !== undefined && 'part' in length ? String(Math.round(length.part * 100)) : 'none',
  )
  const end = ratios.every((ratio) => ratio === 'none') ? [] : ratios
  return `watermark(${[quoted(key), spotText(across), spotText(down), String(fade), ...end].join(',')})`
}

function spotText(spot: NonNullable<Extract<Step, { kind: 'overlay' }>['across']>): string {
  if (typeof spot === 'string') return spot
  const { edge, distance } = spot
  return `${edge === 'far' ? '-' : ''}${'px' in distance ? distance.px : `${Math.round(distance.part * 100)}p`}`
}

type Args = FilterStep['args']

const effects: Readonly<Record<string, (args: Args) => string>> = {
  soften: ({ radius, sigma }) => `blur(${radius}${sigma === undefined ? '' : `,${sigma}`})`,
  rgb: ({ red = '0', green = '0', blue = '0' }) => `rgb(${red},${green},${blue})`,
  colorize: ({ red = '0', green = '0', blue = '0', colour }) => `colorize(${red},${green},${blue},${colour})`,
  contrast: ({ factor = '1' }) => `contrast(${Math.ceil(Math.sqrt(Math.round(Number(factor) * 100) * 100) - 100)})`,
  convolve: ({ matrix = '', normal }) => {
    const rows = matrix.split(':')
    const columns = rows[0]?.split('_').length ?? 1
    return `convolution(${rows.join(':').replaceAll(/[_:]/g, ';')},${columns}${normal === '0' ? ',0' : ''})`
  },
  curve: ({ all = '', red = '', green = '', blue = '' }) => `curve(${[all, red, green, blue].map(points).join(',')})`,
  equalize: () => 'equalize()',
  lightness: () => 'grayscale()',
  noise: ({ amount = '0', seed }) => `noise(${amount}${seed === undefined ? '' : `,${seed}`})`,
  corners: ({ across = '0', down, colour = 'ffffff', clear }) => {
    const [r, g, b] = [0, 2, 4].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
    return `round_corner(${down === undefined ? across : `${across}|${down}`},${r},${g},${b}${clear === '1' ? ',1' : ''})`
  },
  vivid: ({ factor = '1' }) => `saturation(${factor})`,
  crisp: ({ amount = '0', size = '0', luminance }) => `sharpen(${amount},${size},${luminance === '1' ? 'true' : 'false'})`,
}

function points(text: string): string {
  return `[${text
    .split(':')
    .filter((point) => point !== '')
    .map((point) => `(${point.replace('_', ',')})`)
    .join(',')}]`
}

/** The failure of a recipe that no URL of Thumbor asks for. */
export function unspeakable(): Failure {
  return new Failure('parameter-invalid', 'The URLs of Thumbor have no words for this recipe.')
}
