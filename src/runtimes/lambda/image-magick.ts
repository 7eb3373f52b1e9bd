/**
 * The few words of ImageMagick's commands that are understood, each turned into parameters of ours. No command is ever run; whatever else is
 * said is refused by its name.
 */

/** What `convert` is asked for. */
export type Conversion = {
  /** Parameters as in a URL. */
  readonly query: Readonly<Record<string, string>>
  /** A share of the picture's own size, 1 is all of it; what it comes to is known with the picture. */
  readonly share?: number
}

/** `-resize`, `-thumbnail`, `-quality`, `-strip`, `-auto-orient`, `-flip`, `-flop`. */
export function readConversion(args: readonly string[]): Conversion {
  let query: Record<string, string> = {}
  let geometry: Conversion | undefined
  const rest = [...args]
  const value = (name: string): string => {
    const next = rest.shift()
    if (next === undefined) throw refusal('convert', `${name}: expected a value behind it.`)
    return next
  }
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    switch (name) {
      case '-resize':
      case '-thumbnail': {
        if (geometry !== undefined) throw refusal('convert', `${name}: a size was given before.`)
        geometry = readGeometry(value(name), name)
        query = { ...query, ...geometry.query }
        break
      }
      case '-quality':
        query.q = value(name)
        break
      case '-strip':
        query.meta = 'none'
        break
      case '-auto-orient':
        break // pictures always are
      case '-flip':
      case '-flop':
        query.flip = [...new Set([...(query.flip ?? ''), name === '-flip' ? 'v' : 'h'])].sort().join('')
        break
      default:
        throw refusal(
          'convert',
          `"${name}" is not understood; expected -resize, -thumbnail, -quality, -strip, -auto-orient, -flip or -flop.`,
        )
    }
  }
  return { ...geometry, query }
}

/** `200%`, `40x30`, `40`, `x30`; `!` stretches, `^` fills and overhangs, `>` only makes smaller. @see https://imagemagick.org/script/command-line-processing.php#geometry */
function readGeometry(text: string, name: string): Conversion {
  const [, percent] = /^(\d{1,4}(?:\.\d+)?)%$/.exec(text) ?? []
  if (percent !== undefined && Number(percent) > 0) return { query: {}, share: Number(percent) / 100 }
  const [, w = '', h = '', sign = ''] = /^([1-9]\d{0,4})?(?:x([1-9]\d{0,4})?)?([!^>])?$/.exec(text) ?? []
  if (w === '' && h === '') throw refusal('convert', `${name}: expected a size such as 200%, 40x30, 40 or x30, got "${text.slice(0, 40)}".`)
  const fit = w === '' || h === '' ? undefined : { '!': 'fill', '^': 'outside' }[sign]
  const query = {
    ...(w === '' ? {} : { w }),
    ...(h === '' ? {} : { h }),
    ...(fit === undefined ? {} : { fit }),
    ...(sign === '>' ? {} : { enlarge: '1' }),
  }
  return { query }
}

/** The facts of a picture that `identify` tells. */
export type Properties = {
  readonly format: string
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly pages: number
}

/** `-format` with `%w`, `%h`, `%m`, `%z`, `%n` and `%%`. @see https://imagemagick.org/script/escape.php */
export function printProperties(args: readonly string[], properties: Properties): string {
  const [name, format, extra] = args
  if (name !== '-format' || format === undefined || extra !== undefined) {
    throw refusal('identify', `"${name === '-format' ? (extra ?? name) : name}" is not understood; expected -format and a text.`)
  }
  const words: Readonly<Record<string, string | number>> = {
    w: properties.width,
    h: properties.height,
    m: properties.format,
    z: properties.depth,
    n: properties.pages,
    '%': '%',
  }
  return format.replaceAll('\\n', '\n').replace(/%(\[[^\]]*\]|.?)/gs, (whole, word: string) => {
    const value = Object.hasOwn(words, word) ? words[word] : undefined
    if (value === undefined) throw refusal('identify', `-format: "${whole}" is not understood; expected %w, %h, %m, %z, %n or %%.`)
    return String(value)
  })
}

/** A request that is understood and wrong, in the words of the blueprint. */
export function refusal(operation: string, why: string): Error {
  return new Error(`Invalid ${operation} request: ${why}`)
}
