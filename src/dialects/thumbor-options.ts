import { type Fields, fallbacksOf, type Values } from '../schema/field.ts'
import { boolean, choice, integer, list, text } from '../schema/fields.ts'
import type { Words } from './dialect.ts'
import { thumborOutputFields } from './thumbor-output-fields.ts'

/** Where the name of an image in a URL leads: see `imageKey`. */
export const loaders = ['auto', 'http', 'https', 'path'] as const

/** Settings of Thumbor's dialect, under Thumbor's own names where they mean the same. */
export const thumborOptions = {
  prefix: text({
    doc: 'Path below which URLs of Thumbor live; / for the root, where Thumbor itself has them; none switches them off.',
    max: 100,
    pattern: /^(?:none|\/|(?:\/[A-Za-z0-9._~-]+)+\/?)$/,
    expected: 'a path such as /thumbor, / for the root, or none',
    fallback: '/thumbor',
  }),
  keys: list(text({ doc: 'A key.', min: 8, max: 512, secret: true, expected: 'a secret of 8 to 512 characters' }), {
    doc: "Keys that Thumbor's URLs are signed with (SECURITY_KEY), beside those of the house; each is accepted.",
    secret: true,
    fallback: [],
  }),
  unsafe: boolean({
    doc: 'Answer URLs that begin with unsafe although there are keys (ALLOW_UNSAFE_URL). Without keys they are always answered.',
    fallback: false,
  }),
  loader: choice(loaders, {
    doc: 'What the name of an image is: http or https (a host and a path, as with http_loader and https_loader), a path in the default source (as with file_loader), or auto: a path where there is a default source, else http.',
    fallback: 'auto',
  }),
  decodedPaths: boolean({
    doc: 'Accept signatures of paths that a proxy has decoded or encoded anew.',
    fallback: false,
  }),
  maxWidth: integer({
    doc: 'Widest picture that can be asked; wider wishes and originals become so wide (MAX_WIDTH). Unset, the limits of the house alone count.',
    unit: 'px',
    min: 1,
    max: 1e6,
  }),
  maxHeight: integer({ doc: 'Highest picture that can be asked (MAX_HEIGHT).', unit: 'px', min: 1, max: 1e6 }),
  respectOrientation: boolean({ doc: 'Turn photographs upright by their Exif tag (RESPECT_ORIENTATION).', fallback: false }),
  ...thumborOutputFields,
  svgDpi: integer({
    doc: 'Resolution at which a vector original is drawn (SVG_DPI).',
    unit: 'px per inch',
    min: 18,
    max: 1200,
    fallback: 150,
  }),
  filters: list(text({ doc: 'A filter.', max: 40, pattern: /^[a-z_]+$/, expected: 'the name of a filter' }), {
    doc: "The filters that can be asked (FILTERS); Thumbor's 30 default ones, unless given.",
    max: 60,
  }),
  smart: boolean({ doc: 'Look for what matters in a picture where a URL says smart (DETECTORS).', fallback: true }),
  metaCallbackName: text({
    doc: 'Parameter of the query that names a JSONP callback for meta (META_CALLBACK_NAME).',
    max: 40,
    pattern: /^\w+$/,
  }),
} as const satisfies Fields

export type ThumborSettings = Values<typeof thumborOptions>

const fallbacks = fallbacksOf(thumborOptions)
const known = new WeakMap<Words, ThumborSettings>()

/** What the operator chose, or what stands for it. */
export function settingsIn(words: Words): ThumborSettings {
  let options = known.get(words)
  if (options === undefined) {
    options = { ...fallbacks, ...words.options?.thumbor } as ThumborSettings
    known.set(words, options)
  }
  return options
}
