import { Failure } from '../errors.ts'
import { printRecipe } from '../recipe/recipe.ts'
import type { FilterStep } from '../recipe/steps.ts'
import type { Dialect, Order, Proof, Words } from './dialect.ts'
import { printKey, readKeyInPath } from './native-key.ts'
import { nativeFields } from './native-parameters.ts'
import { wishesOf } from './native-print.ts'
import { expandPreset, printQuery, readQuery, type Wishes } from './native-query.ts'
import { deliveryOf, recipeOf } from './native-recipe.ts'
import { splitTarget } from './percent.ts'

/** Answers whatever the configured prefix is, so that tools can tell the dialect without being told. */
const everywhere = '/_tintype'

export const native = {
  name: 'native',
  doc: 'Pictures by key and parameters: /i/cat.jpg?w=300.',
  spec: 'docs/reference/urls.md',
  parse,
  print,
} as const satisfies Dialect

const signaturePair = new RegExp(`(?:^|&)(?:${['s', ...(nativeFields.s.aliases ?? [])].join('|')})=([^&]*)`)

/** A target, read as far as it needs no presets: what is signed. */
type Request = { readonly key: string; readonly wishes: Wishes; readonly signature: string | undefined }

function parse(target: string, words: Words): Order | Failure | undefined {
  const request = read(target, words)
  if (request === undefined || request instanceof Failure) return request
  const { key, wishes } = request
  const whole = expandPreset(wishes, words)
  if (whole instanceof Failure) return whole
  const effects = words.filters.flatMap(({ name }): FilterStep[] => {
    const step = whole.effects.get(name)?.step
    return step === undefined ? [] : [step]
  })
  const recipe = recipeOf(whole.values, effects)
  if (recipe instanceof Failure) return recipe
  return { key, recipe, delivery: deliveryOf(whole.values), proof: proofOf(request) }
}

/**
 * The canonical target for an order, unsigned. `parse(print(x))` has the key, the recipe and the delivery of `x`; where the dialect has no
 * words for all of it, `parameter-invalid`.
 */
function print(order: Order, words: Words): string | Failure {
  const wishes = wishesOf(order.recipe, order.delivery, words.filters)
  if (wishes instanceof Failure) return wishes
  const unspeakable = new Failure('parameter-invalid', 'The native dialect has no words for this recipe.')
  if (/\p{Surrogate}/u.test(order.key)) return unspeakable
  const query = printQuery(wishes)
  const target = `${base(words)}/${printKey(order.key)}${query === '' ? '' : `?${query}`}`
  const again = parse(target, { ...words, presetsOnly: false })
  return again !== undefined && !(again instanceof Failure) && means(again) === means(order) ? target : unspeakable
}

/** Key, recipe and delivery as one text. */
function means({ key, recipe, delivery }: Order): string {
  return JSON.stringify([key, printRecipe(recipe), Object.entries(delivery).sort(([a], [b]) => (a < b ? -1 : 1))])
}

/**
 * The text over which a native URL is signed: the key, `?`, and the canonical query without `s`. However the URL is spelled, reordered or
 * re-encoded, the text is the same; presets stand in it by name. `undefined` when the target is no native one.
 */
export function nativeMessage(target: string, words: Words): string | Failure | undefined {
  const request = read(target, words)
  return request === undefined || request instanceof Failure ? request : proofOf(request).message
}

function proofOf({ key, wishes, signature }: Request): Proof {
  return { algorithm: 'sha256', message: `${key}?${printQuery(wishes)}`, ...(signature === undefined ? {} : { signature }) }
}

function read(target: string, words: Words): Request | Failure | undefined {
  const { path, query } = splitTarget(target)
  const raw = keyInPath(path, words)
  if (raw === undefined) return undefined
  const wishes = readQuery(query, words)
  if (wishes instanceof Failure) return wishes
  const { url } = wishes.values
  if (raw !== '' && url !== undefined) {
    return new Failure('parameter-conflict', 'The picture is named twice: in the path and by url.', { parameter: 'url' })
  }
  const key = raw === '' ? url : readKeyInPath(raw)
  if (key === undefined) return new Failure('key-missing', 'The URL names no picture.')
  return key instanceof Failure ? key : { key, wishes, signature: wishes.values.s === undefined ? undefined : signatureIn(query) }
}

/**
 * The signature as it stands in the URL: it needs no encoding, and nobody has a reason to give it one. What is written otherwise belongs to
 * no URL that was signed.
 */
function signatureIn(query: string): string {
  return signaturePair.exec(query)?.[1] ?? ''
}

/** What stands behind the prefix and a slash; the empty text for the prefix alone; `undefined` when the path is not below it. */
function keyInPath(path: string, words: Words): string | undefined {
  for (const prefix of [base(words), everywhere]) {
    if (path === prefix) return ''
    if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length + 1)
  }
  return undefined
}

/** The prefix without a slash at its end; empty for the root. */
function base({ prefix }: Words): string {
  return prefix.replace(/\/+$/, '')
}
