import type { Failure } from '../errors.ts'
import { printRecipe, type Recipe } from '../recipe/recipe.ts'
import type { Step, StepOf } from '../recipe/steps.ts'
import type { Order } from './dialect.ts'
import { noSegments, type ThumborOptions, type ThumborTrim } from './thumbor-path.ts'
import { printThumborPath } from './thumbor-print.ts'
import { callOf, unspeakable } from './thumbor-print-calls.ts'

/** An order as the path behind `unsafe/`: what a Thumbor would be asked for. Whoever calls looks whether it reads back as the same. */
export function printOrder({ key, recipe, delivery }: Order): string | Failure {
  const options: Draft = { ...noSegments, meta: delivery.kind === 'explain', image: key }
  const before: string[] = []
  const after: string[] = []
  for (const step of recipe.steps) {
    if (say(step, options, before)) continue
    const call = callOf(step)
    if (call === undefined) return unspeakable()
    after.push(call)
  }
  const filters = [...before, ...after, ...outputCalls(recipe, delivery)].join(':')
  return printThumborPath({ ...options, filters })
}

type Draft = { -readonly [K in keyof ThumborOptions]: ThumborOptions[K] }

/** Puts into segments what they can say; false for what filters must. */
function say(step: Step, options: Draft, before: string[]): boolean {
  switch (step.kind) {
    case 'outline':
      options.debug = true
      return true
    // The operator's settings bring them back.
    case 'page':
    case 'bound':
    case 'orient':
      return true
    case 'trim':
      options.trim = trimText(step)
      return true
    case 'focus':
      for (const { left, top, right, bottom } of step.areas) before.push(`focal(${left}x${top}:${right}x${bottom})`)
      options.smart = step.detect.length > 0
      return true
    case 'region': {
      const [left = 0, top = 0, width = 0, height = 0] = [step.x, step.y, step.width, step.height].map((each) =>
        'px' in each ? each.px : 0,
      )
      options.crop = { left, top, right: left + width, bottom: top + height }
      return true
    }
    case 'resize':
      sized(step, options, before)
      return true
    case 'mirror':
      options.horizontalFlip = step.flop
      options.verticalFlip = step.flip
      return true
    default:
      return false
  }
}

function trimText({ corner, distance = 0 }: StepOf<'trim'>): ThumborTrim {
  return { text: `trim:${corner}:${distance}`, pos: corner, tolerance: distance }
}

function sized(step: StepOf<'resize'>, options: Draft, before: string[]): void {
  const side = (length: StepOf<'resize'>['width']): number | 'orig' =>
    typeof length !== 'object' ? 0 : 'px' in length ? length.px : 'orig'
  options.width = side(step.width)
  options.height = side(step.height)
  options.fitIn = step.fit === 'contain' || step.fit === 'outside'
  options.full = step.fit === 'outside'
  options.adaptive = step.adaptive
  if (typeof step.gravity === 'object') {
    options.halign = step.gravity.x === 0 ? 'left' : step.gravity.x === 1 ? 'right' : 'center'
    options.valign = step.gravity.y === 0 ? 'top' : step.gravity.y === 1 ? 'bottom' : 'middle'
  }
  if (step.fit === 'fill') before.push('stretch()')
  if (step.capped) before.push('no_upscale()')
}

function outputCalls({ output }: Recipe, { maxAge }: Order['delivery']): readonly string[] {
  const calls: string[] = []
  if (output.format !== 'keep' && output.format !== 'auto') calls.push(`format(${output.format})`)
  // Where each format has its default, no quality was asked.
  if (Object.keys(output.qualities).length === 0) calls.push(`quality(${output.quality})`)
  if (output.bytes !== undefined) calls.push(`max_bytes(${output.bytes})`)
  if (maxAge !== undefined) calls.push(`max_age(${maxAge})`)
  return calls
}

/** All that an order asks for, as one text. */
export function orderText({ key, recipe, delivery }: Order): string {
  return JSON.stringify([key, printRecipe(recipe), Object.entries(delivery).sort(([a], [b]) => (a < b ? -1 : 1))])
}
