import { Failure } from '../errors.ts'
import { type Delivery, type Dialect, type Order, type Proof, plainDelivery, type Words } from './dialect.ts'
import { readCalls } from './thumbor-calls.ts'
import { defaultFilters } from './thumbor-filter-table.ts'
import { thumborMeta } from './thumbor-meta.ts'
import { settingsIn, type ThumborSettings, thumborOptions } from './thumbor-options.ts'
import { readThumborPath, type ThumborRequest } from './thumbor-path.ts'
import { unspeakable } from './thumbor-print-calls.ts'
import { orderText, printOrder } from './thumbor-print-order.ts'
import { type Given, type KeyOf, type Meant, meantBy } from './thumbor-recipe.ts'
import { thumborProof } from './thumbor-signature.ts'
import { imageKey } from './thumbor-source.ts'
import { thumborStatuses } from './thumbor-statuses.ts'

/** Whoever runs Thumbor points the same URLs here. What differs on purpose is told in docs/guide/thumbor.md. */
export const thumbor = {
  name: 'thumbor',
  doc: 'The URLs of Thumbor, as they are: /thumbor/unsafe/300x200/smart/cat.jpg.',
  spec: 'https://thumbor.readthedocs.io/en/latest/usage.html',
  options: thumborOptions,
  statuses: thumborStatuses,
  mount: (words) => (settingsIn(words).prefix === 'none' ? undefined : settingsIn(words).prefix),
  parse,
  print,
  explain: thumborMeta,
} as const satisfies Dialect

function parse(target: string, words: Words): Order | Failure | undefined {
  const settings = settingsIn(words)
  const path = below(target, settings.prefix, words)
  if (path === undefined) return undefined
  const request = readThumborPath(path, { decodedPaths: settings.decodedPaths })
  // At the root all that is no path of Thumbor is left to others.
  if (request instanceof Failure) return settings.prefix === '/' && request.code === 'hash-missing' ? undefined : request
  if (words.presetsOnly) return new Failure('presets-only', 'Only presets are served here.')
  const { calls, dropped } = readCalls(request.filters, settings.filters === undefined ? defaultFilters : new Set(settings.filters))
  const loader = loaderOf(settings, words)
  const keyOf: KeyOf = (image) => uploaded(image, words) ?? imageKey(image, { loader })
  const focal = calls.some(({ name }) => name === 'extract_focal') ? focalImage(request) : undefined
  const key = keyOf(focal?.image ?? request.image)
  if (key instanceof Failure) return key
  const meant = meantBy(request, calls, { areas: focal?.areas ?? [], settings, filters: words.filters, keyOf })
  if (meant instanceof Failure) return meant
  const left = [...emptyCrop(request), ...dropped, ...meant.dropped]
  return {
    key,
    recipe: meant.recipe,
    delivery: deliveryOf(request, meant, callbackIn(target, settings)),
    proof: proofOf(request, settings),
    ...(left.length === 0 ? {} : { dropped: left }),
  }
}

/** The path as Thumbor itself would see it, with its slash; `undefined` when it is not below the prefix. */
function below(target: string, prefix: string, words: Words): string | undefined {
  if (prefix === 'none') return undefined
  if (prefix !== '/') {
    const base = prefix.replace(/\/$/, '')
    return target.startsWith(`${base}/`) ? target.slice(base.length) : undefined
  }
  const native = words.prefix.replace(/\/+$/, '')
  const others = ['/_tintype', ...(native === '' ? [] : [native])]
  const [path = ''] = target.split('?', 1)
  return !path.startsWith('/') || others.some((other) => path === other || path.startsWith(`${other}/`)) ? undefined : target
}

/** The key of what was uploaded: its id, whatever name stands behind it. */
function uploaded(image: string, { uploads }: Words): string | undefined {
  const [, id] = /^([0-9a-f]{32})(?:\/.*)?$/s.exec(image) ?? []
  return uploads === undefined || id === undefined ? undefined : `${uploads}:${id}`
}

function loaderOf({ loader }: ThumborSettings, { hasDefaultSource }: Words): 'http' | 'https' | 'path' {
  if (loader !== 'auto') return loader
  return hasDefaultSource === true ? 'path' : 'http'
}

function proofOf(request: ThumborRequest, { decodedPaths, keys, unsafe }: ThumborSettings): Proof {
  const proof = thumborProof(request, { decodedPaths })
  return { ...proof, ...(keys.length === 0 ? {} : { keys }), ...(unsafe && request.unsafe ? { optional: true } : {}) }
}

/** A manual crop that keeps nothing is left out, as Thumbor leaves it out; one that lies outside of the picture is known only with the picture. */
function emptyCrop({ crop: { left, top, right, bottom } }: ThumborRequest): readonly string[] {
  const asked = left + top + right + bottom > 0
  return asked && (left >= right || top >= bottom) ? [`${left}x${top}:${right}x${bottom}`] : []
}

/** `extract_focal()`: the image is a URL of Thumbor with a crop, which becomes the area to keep of the image in it. */
function focalImage({ image }: ThumborRequest): { readonly image: string; readonly areas: Given['areas'] } | undefined {
  const [, path = ''] = /^(?:https?:\/\/)?[^/]+(\/.*)$/s.exec(image) ?? []
  const inner = readThumborPath(path)
  if (inner instanceof Failure) return undefined
  const { left, top, right, bottom } = inner.crop
  return left < right && top < bottom ? { image: inner.image, areas: [inner.crop] } : undefined
}

function deliveryOf({ meta }: ThumborRequest, { delivery }: Meant, callback: string | undefined): Delivery {
  return { ...plainDelivery, ...delivery, ...(meta ? { kind: 'explain', ...(callback === undefined ? {} : { callback }) } : {}) }
}

/** The query says one thing alone: which function of a page is called with the answer of `meta`. */
function callbackIn(target: string, { metaCallbackName }: ThumborSettings): string | undefined {
  const query = target.split('?').slice(1).join('?')
  return metaCallbackName === undefined
    ? undefined
    : query
        .split('&')
        .find((pair) => pair.startsWith(`${metaCallbackName}=`))
        ?.slice(metaCallbackName.length + 1)
}

/** The target that asks for this order, with `unsafe` in place of a hash; `parameter-invalid` where Thumbor has no words for it. */
function print(order: Order, words: Words): string | Failure {
  const { prefix } = settingsIn(words)
  const path = printOrder(order)
  if (path instanceof Failure) return path
  const target = `${prefix === 'none' ? thumborOptions.prefix.fallback : prefix.replace(/\/$/, '')}/unsafe/${path}`
  const again = parse(target, { ...words, presetsOnly: false })
  return again !== undefined && !(again instanceof Failure) && orderText(again) === orderText(order) ? target : unspeakable()
}
