import { clip } from '../../../schema/field.ts'
import { nearest } from '../../../schema/nearest.ts'
import { Misuse } from '../command.ts'
import type { TemplateParameter } from './template.ts'

/** Values by the name of their parameter. */
export type Said = ReadonlyMap<string, string>

/**
 * Reads `Name=Value` words against the template, so that what CloudFormation would refuse in some minutes is refused at once.
 * @throws `Misuse` for a name that the template has not, with the nearest; a value that it does not allow; a name said twice.
 */
export function readParameters(words: readonly string[], template: Readonly<Record<string, TemplateParameter>>): Said {
  const said = new Map<string, string>()
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw new Misuse(`Expected Parameter=Value, got "${clip(word)}".`, 'For instance: --set Memory=2048')
    const name = word.slice(0, at)
    const value = word.slice(at + 1)
    const parameter = Object.hasOwn(template, name) ? template[name] : undefined
    if (parameter === undefined) throw unknown(name, Object.keys(template))
    if (said.has(name)) throw new Misuse(`${name} is given twice.`)
    checkParameter(name, value, parameter)
    said.set(name, value)
  }
  return said
}

function unknown(name: string, names: readonly string[]): Misuse {
  const near = nearest(name, names)
  const hint = near === undefined ? `The stack takes: ${names.join(', ')}.` : `Did you mean ${near}?`
  return new Misuse(`There is no parameter "${clip(name)}".`, hint)
}

/** Throws `Misuse` for a value that the parameter does not allow. */
export function checkParameter(name: string, value: string, parameter: TemplateParameter): void {
  const wanted = expectedOf(value, parameter)
  if (wanted === undefined) return
  const near = nearest(value, (parameter.AllowedValues ?? []).map(String))
  throw new Misuse(
    `${name}: expected ${wanted}, got "${clip(value)}".`,
    near === undefined ? parameter.Description : `Did you mean ${near}?`,
  )
}

/** What was expected instead; `undefined` where the value is right. */
function expectedOf(value: string, parameter: TemplateParameter): string | undefined {
  const { Type, AllowedValues, AllowedPattern, ConstraintDescription, MinValue, MaxValue, MinLength, MaxLength } = parameter
  if (AllowedValues !== undefined && !AllowedValues.map(String).includes(value)) return AllowedValues.join(' or ')
  if (Type === 'Number') {
    const least = Number(MinValue ?? Number.NEGATIVE_INFINITY)
    const most = Number(MaxValue ?? Number.POSITIVE_INFINITY)
    const number = value.trim() === '' ? Number.NaN : Number(value)
    return number >= least && number <= most ? undefined : `a number${MinValue === undefined ? '' : ` ${MinValue} to ${MaxValue ?? 'any'}`}`
  }
  if (MaxLength !== undefined && value.length > Number(MaxLength)) return `at most ${MaxLength} characters`
  if (MinLength !== undefined && value.length < Number(MinLength)) return `at least ${MinLength} characters`
  // CloudFormation wants the whole value to match.
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) {
    return ConstraintDescription?.replace(/^Expected |\.$/g, '') ?? `what matches ${AllowedPattern}`
  }
  return undefined
}

/** A parameter as a change set takes it. */
export type GivenParameter = { ParameterKey: string; ParameterValue?: string; UsePreviousValue?: boolean }

/**
 * What a change set is told: what was said now; else what the stack has; else nothing, and the default of the template holds. A parameter
 * that has neither a value nor a default is a `Misuse`.
 */
export function givenParameters(
  said: Said,
  before: Said | undefined,
  template: Readonly<Record<string, TemplateParameter>>,
): GivenParameter[] {
  return Object.entries(template).flatMap(([name, { Default }]): GivenParameter[] => {
    const value = said.get(name)
    if (value !== undefined) return [{ ParameterKey: name, ParameterValue: value }]
    if (before?.has(name) === true) return [{ ParameterKey: name, UsePreviousValue: true }]
    if (Default === undefined) throw new Misuse(`${name} has no value.`, `Give --set ${name}=…`)
    return []
  })
}

/** The value that will be in force. */
export function valueInForce(
  name: string,
  said: Said,
  before: Said | undefined,
  template: Readonly<Record<string, TemplateParameter>>,
): string {
  return said.get(name) ?? before?.get(name) ?? String(template[name]?.Default ?? '')
}
