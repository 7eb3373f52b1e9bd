import { Failure } from '../errors.ts'
import { type Fields, Problem } from '../schema/field.ts'
import { custom, printNumber } from '../schema/fields.ts'
import { type Output, output, outputFields } from './output.ts'
import { type Step, type StepKind, stepFields } from './steps.ts'

/**
 * What is asked, free of any dialect: steps in the order in which they happen, and what comes out. JSON-serialisable.
 * `dpr` multiplies the px of sizes, borders, radii and offsets, never a region. `auto` waits for the client's hints.
 */
export type Recipe = { readonly dpr: number | 'auto'; readonly steps: readonly Step[]; readonly output: Output }

const dprField = custom<number | 'auto'>({
  doc: 'Device px per CSS px.',
  fallback: 1,
  expected: 'a number above 0, or auto',
  read: (text) => (text === 'auto' ? 'auto' : /^\d{1,4}(\.\d{1,6})?$/.test(text) && Number(text) > 0 ? Number(text) : undefined),
  print: (value) => (value === 'auto' ? 'auto' : printNumber(value)),
})

/** A recipe of these steps and this output, in canonical form. */
export function recipe(steps: readonly Step[], given: Partial<Output> = {}, dpr: number | 'auto' = 1): Recipe {
  return canonical({ dpr, steps, output: output(given) })
}

/**
 * The same wish in its one form: steps without effect left out, and a `dpr` that nothing uses back at 1.
 * `canonical(canonical(x))` equals `canonical(x)`. Filters leave out their own defaults when they are read.
 */
export function canonical({ dpr, steps, output }: Recipe): Recipe {
  const kept = steps.filter((step) => !isNoop(step))
  return { dpr: kept.some(usesDpr) ? dpr : 1, steps: kept, output }
}

/**
 * The canonical text: `trim(threshold=20)/resize(width=300,fit=cover)/blur(sigma=8)|format=webp,quality=60`. Fields at their fallback are
 * left out, the others stand in the order of their table. It is the heart of every result's key; equal texts give equal pictures.
 */
export function printRecipe(given: Recipe): string {
  const { dpr, steps, output } = canonical(given)
  const road = steps.map((step) =>
    step.kind === 'filter' ? `${step.name}(${printArgs(step.args)})` : `${step.kind}(${printFields(stepFields[step.kind], step)})`,
  )
  const end = [...(dpr === 1 ? [] : [`dpr=${dprField.print(dpr)}`]), printFields(outputFields, output)].filter((text) => text !== '')
  return `${road.join('/')}|${end.join(',')}`
}

/** The recipe of a canonical text; `parameter-invalid` when it is none. `readRecipe(printRecipe(x))` equals `canonical(x)`. */
export function readRecipe(text: string): Recipe | Failure {
  const bar = text.lastIndexOf('|')
  const wrong = (what: string): Failure =>
    new Failure('parameter-invalid', `recipe: expected ${what}.`, { parameter: 'recipe', expected: what })
  if (bar < 0) return wrong('steps, a bar, and the output')
  const steps: Step[] = []
  for (const part of text.slice(0, bar).split('/')) {
    if (part === '') continue
    const [, name, inner] = /^([\w-]+)\((.*)\)$/.exec(part) ?? []
    if (name === undefined || inner === undefined) return wrong(`steps like name(field=value), not "${part}"`)
    if (Object.hasOwn(stepFields, name)) {
      const values = readFields(stepFields[name as StepKind], inner)
      if (typeof values === 'string') return wrong(`${name} with ${values}`)
      steps.push({ kind: name, ...values } as Step)
    } else {
      steps.push({ kind: 'filter', name, args: Object.fromEntries(pairs(inner)) })
    }
  }
  const end = pairs(text.slice(bar + 1))
  const dpr = dprField.read(end.find(([name]) => name === 'dpr')?.[1] ?? '1')
  const rest = readFields(outputFields, printPairs(end.filter(([name]) => name !== 'dpr')))
  if (dpr instanceof Problem || typeof rest === 'string')
    return wrong(`an output with ${typeof rest === 'string' ? rest : 'a dpr above 0'}`)
  return canonical({ dpr, steps, output: rest as Output })
}

/** Does the step leave every picture as it is? */
function isNoop(step: Step): boolean {
  switch (step.kind) {
    case 'page':
      return step.index === 0 && step.count === 1 && !step.animation && step.density === undefined
    case 'orient':
      return step.tag === '1'
    case 'region':
      return (
        !step.square &&
        [step.x, step.y].every((edge) => ('px' in edge ? edge.px : edge.part) === 0) &&
        [step.width, step.height].every((side) => 'part' in side && side.part === 1)
      )
    case 'resize':
      return step.width === undefined && step.height === undefined && step.aspect === undefined && step.max === undefined
    case 'bound':
      return step.width === undefined && step.height === undefined
    case 'focus':
      return step.areas.length === 0 && step.detect.length === 0
    case 'scale':
      return step.factor === 1
    case 'mirror':
      return !step.flip && !step.flop
    case 'rotate':
      return step.degrees % 360 === 0
    case 'pad':
      return step.top === 0 && step.right === 0 && step.bottom === 0 && step.left === 0
    case 'radius':
      return !step.round && step.corners.every((corner) => corner === 0)
    case 'overlay':
      return step.key === '' || step.alpha === 0 || step.fade >= 100
    case 'frame':
      return step.key === ''
    case 'text':
      return step.text.trim() === ''
    case 'trim':
    case 'flatten':
    case 'upscale':
    case 'canvas':
    case 'outline':
    case 'filter':
      return false
    default:
      return step satisfies never
  }
}

function usesDpr(step: Step): boolean {
  return step.kind === 'resize' || step.kind === 'pad' || step.kind === 'radius' || step.kind === 'overlay' || step.kind === 'text'
}

function printFields(fields: Fields, values: Readonly<Record<string, unknown>>): string {
  const given: [string, string][] = []
  for (const [name, field] of Object.entries(fields)) {
    const value = values[name]
    if (value === undefined) continue
    const text = field.print(value)
    if (field.fallback === undefined || text !== field.print(field.fallback)) given.push([name, text])
  }
  return printPairs(given)
}

/** The values of a step or an output, fallbacks filled in; a text says what was expected. */
function readFields(fields: Fields, text: string): Record<string, unknown> | string {
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) if (field.fallback !== undefined) values[name] = field.fallback
  for (const [name, value] of pairs(text)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined) return `one of ${Object.keys(fields).join(', ')}, not "${name}"`
    const read = field.read(value)
    if (read instanceof Problem) return `${name}: ${read.expected}`
    values[name] = read
  }
  return values
}

function printArgs(args: Readonly<Record<string, string>>): string {
  return printPairs(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function printPairs(given: readonly (readonly [string, string])[]): string {
  return given.map(([name, value]) => `${name}=${encode(value)}`).join(',')
}

function pairs(text: string): [string, string][] {
  if (text === '') return []
  return text.split(',').map((pair) => {
    const sign = pair.indexOf('=')
    return sign < 0 ? [pair, ''] : [pair.slice(0, sign), decode(pair.slice(sign + 1))]
  })
}

/** Characters that the canonical text uses for itself are percent-encoded in values, and so is what cannot be seen. */
function encode(value: string): string {
  return value.replace(/[\s%,/|()=]|[^\x21-\x7e]/gu, (character) =>
    (/[\ud800-\udfff]/u.test(character) ? '%EF%BF%BD' : encodeURIComponent(character)).replace(/[()]/g, (sign) =>
      sign === '(' ? '%28' : '%29',
    ),
  )
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
