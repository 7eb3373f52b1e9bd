import { Failure } from '../errors.ts'
import type { Length } from '../recipe/length.ts'
import { printRecipe, type Recipe, recipe } from '../recipe/recipe.ts'
import { step } from '../recipe/steps.ts'
import type { Fields, Values } from '../schema/field.ts'
import { readField } from '../schema/field.ts'
import { integer } from '../schema/fields.ts'
import { type Dialect, type Order, plainDelivery, type Words } from './dialect.ts'
import { keyField } from './native-fields.ts'
import { isIgnored, unknown } from './native-query.ts'
import { encodeForm, pairsOf, splitTarget } from './percent.ts'

/** The form of 2015, with which Tintype began. */
const seedFields = {
  img: keyField({ doc: 'The original.' }),
  width: integer({ doc: 'Width; 100 when neither side is given.', unit: 'px', min: 1, max: 8192 }),
  height: integer({ doc: 'Height.', unit: 'px', min: 1, max: 8192 }),
} as const satisfies Fields

export const seed = {
  name: 'seed',
  doc: 'The first form of all: /?img=<url>&width=100&height=80.',
  spec: 'docs/reference/urls.md',
  parse,
  print,
} as const satisfies Dialect

function parse(target: string, words: Words): Order | Failure | undefined {
  const { path, query } = splitTarget(target)
  if (path !== '/' || !/(?:^|&)img(?:=|&|$)/.test(query)) return undefined
  const values = readValues(query, words)
  if (values instanceof Failure) return values
  if (words.presetsOnly) return new Failure('presets-only', 'Only presets are served here.')
  const { img = '', width, height } = values
  // A message that no signature can come with: where URLs must be signed, this form is refused instead of being a way round.
  return { key: img, recipe: recipeOf(width, height), delivery: plainDelivery, proof: { algorithm: 'sha256', message: target } }
}

/** The picture inside the box, upright, never enlarged, its animation kept. */
function recipeOf(width: number | undefined, height: number | undefined): Recipe {
  return recipe([
    step('page', { animation: true }),
    step('orient'),
    step('resize', {
      ...(width === undefined && height !== undefined ? {} : { width: { px: width ?? 100 } }),
      ...(height === undefined ? {} : { height: { px: height } }),
    }),
  ])
}

function readValues(query: string, { ignored }: Words): Values<typeof seedFields> | Failure {
  const pairs = pairsOf(query)
  if (pairs instanceof Failure) return pairs
  const values: Record<string, unknown> = {}
  for (const [name, text] of pairs) {
    const field: Fields[string] | undefined = Object.hasOwn(seedFields, name) ? seedFields[name as keyof typeof seedFields] : undefined
    if (field === undefined) {
      if (isIgnored(name, ignored)) continue
      return unknown(name, Object.keys(seedFields))
    }
    if (Object.hasOwn(values, name)) return new Failure('parameter-repeated', `${name} is given twice.`, { parameter: name })
    const value: unknown = readField(field, name, text)
    if (value instanceof Failure) return value
    values[name] = value
  }
  return values
}

/** The target of an order that has nothing but a size in px; `parameter-invalid` for any other. */
function print({ key, recipe, delivery }: Order): string | Failure {
  const resize = recipe.steps.find((step) => step.kind === 'resize')
  const [width, height] = [px(resize?.width), px(resize?.height)]
  const plain = delivery.kind === 'image' && delivery.onError === 'error' && Object.keys(delivery).length === 2
  if (!plain || printRecipe(recipe) !== printRecipe(recipeOf(width, height)) || /\p{Surrogate}/u.test(key)) {
    return new Failure('parameter-invalid', 'The seed form has no words for this recipe.')
  }
  const size = [...(width === undefined ? [] : [`&width=${width}`]), ...(height === undefined ? [] : [`&height=${height}`])]
  return `/?img=${encodeForm(key)}${size.join('')}`
}

function px(side: Length | 'auto' | undefined): number | undefined {
  return typeof side === 'object' && 'px' in side ? side.px : undefined
}
