import { custom } from '../schema/fields.ts'

/** The formats whose encoders take a quality. */
export const lossyFormats = ['jpeg', 'webp', 'avif'] as const
export type LossyFormat = (typeof lossyFormats)[number]

/** Qualities by format, 1..100. */
export type Qualities = { readonly [format in LossyFormat]?: number }

/** `jpeg:80,webp:75`, each format once, printed in the order of `lossyFormats`. */
export const qualitiesField = custom<Qualities>({
  doc: 'Qualities that hold in place of quality once one of these formats is chosen.',
  expected: `format:quality separated by commas, each format once: ${lossyFormats.join(', ')}; qualities 1 to 100`,
  fallback: {},
  read: readQualities,
  print: (qualities) =>
    lossyFormats.flatMap((format) => (qualities[format] === undefined ? [] : [`${format}:${qualities[format]}`])).join(','),
})

function readQualities(text: string): Qualities | undefined {
  if (text === '') return {}
  const read = new Map<string, number>()
  for (const pair of text.split(',', lossyFormats.length + 1)) {
    const [, format = '', quality] = /^(jpeg|webp|avif):(\d{1,3})$/.exec(pair) ?? []
    const value = Number(quality)
    if (!(value >= 1 && value <= 100) || read.has(format)) return undefined
    read.set(format, value)
  }
  return Object.fromEntries(read)
}
