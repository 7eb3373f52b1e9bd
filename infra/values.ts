import { Aws, CfnCondition, CfnParameter, Fn, type IResolvable, type Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { type Parameter, type ParameterName, parameters } from './parameters.ts'

/** What an operator said, name by name: a text or number of his own (construct), or the reference of a parameter (template). */
export type Values = { readonly [N in ParameterName]: (typeof parameters)[N]['fallback'] extends number ? number : string }

/** The properties of the construct: those of the template with a small first letter, all optional but the bucket of the code. */
export type TintypeProps = {
  readonly [N in ParameterName as Uncapitalize<N>]?: 'choices' extends keyof (typeof parameters)[N]
    ? (typeof parameters)[N] extends { choices: readonly (infer C)[] }
      ? C
      : never
    : Values[N]
} & { readonly codeBucket: string }

const rows = Object.entries(parameters) as readonly (readonly [ParameterName, Parameter])[]

/** The parameters of the template, in the scope of its stack; their values are known when it is deployed. */
export function declareParameters(stack: Stack): Values {
  const values = rows.map(([name, { doc, fallback, choices, pattern, expected, min, max }]) => {
    const number = typeof fallback === 'number'
    const parameter = new CfnParameter(stack, name, {
      type: number ? 'Number' : 'String',
      description: doc,
      // The bucket of the code has no value that fits everyone.
      ...(name === 'CodeBucket' ? {} : { default: fallback }),
      ...(choices === undefined ? {} : { allowedValues: choices.map(String) }),
      ...(pattern === undefined ? {} : { allowedPattern: pattern.startsWith('^') ? pattern : `^(?:${pattern})$` }),
      ...(expected === undefined ? {} : { constraintDescription: `Expected ${expected}.` }),
      ...(number ? { ...(min === undefined ? {} : { minValue: min }), ...(max === undefined ? {} : { maxValue: max }) } : {}),
      ...(!number && max !== undefined ? { maxLength: max } : {}),
    })
    return [name, number ? parameter.valueAsNumber : parameter.valueAsString]
  })
  stack.templateOptions.metadata = { 'AWS::CloudFormation::Interface': { ParameterGroups: groups() } }
  return Object.fromEntries(values) as Values
}

/** The same from the properties of a construct. What a parameter would refuse throws here, before anything is deployed. */
export function readProps(props: TintypeProps): Values {
  const given = new Map(Object.entries(props).map(([name, value]) => [name.replace(/^./, (letter) => letter.toUpperCase()), value]))
  const values = rows.map(([name, parameter]) => {
    const value = given.get(name) ?? parameter.fallback
    const wrong = Token.isUnresolved(value) ? undefined : refusal(value, parameter)
    if (wrong !== undefined) throw new Error(`${name}: expected ${wrong}, got "${value}".`)
    return [name, value]
  })
  return Object.fromEntries(values) as Values
}

/** What was expected instead; `undefined` where the value is right. */
function refusal(
  value: string | number,
  { fallback, choices, pattern, expected, min = 0, max = Number.MAX_SAFE_INTEGER }: Parameter,
): string | undefined {
  if (choices !== undefined) return choices.includes(value) ? undefined : choices.join(', ')
  if (typeof fallback === 'number') return typeof value === 'number' && value >= min && value <= max ? undefined : `${min} to ${max}`
  if (typeof value !== 'string' || value.length > max) return `a text of at most ${max} characters`
  return pattern === undefined || new RegExp(`^(?:${pattern})$`).test(value) ? undefined : expected
}

/** Fields that belong together stand together in the console. */
function groups(): readonly object[] {
  const names = [...new Set(rows.map(([, { group }]) => group))]
  return names.map((group) => ({
    Label: { default: group },
    Parameters: rows.filter((row) => row[1].group === group).map(([name]) => name),
  }))
}

/** What of the stack is there, and what is not, by what the operator said. */
export type Conditions = ReturnType<typeof declareConditions>

/** Conditions of CloudFormation, so that one template serves all; in the construct they compare two constants. */
export function declareConditions(scope: Construct, values: Values) {
  const condition = (name: string, expression: ReturnType<typeof Fn.conditionEquals>) => new CfnCondition(scope, name, { expression })
  const given = (name: string, value: string) => condition(name, Fn.conditionNot(Fn.conditionEquals(value, '')))
  const ownOriginals = condition('OwnOriginals', Fn.conditionEquals(values.OriginalsBucket, ''))
  const restApi = condition('IsRestApi', Fn.conditionEquals(values.Entry, 'rest-api'))
  const inUsEast1 = condition('IsInUsEast1', Fn.conditionEquals(Aws.REGION, 'us-east-1'))
  return {
    ownOriginals,
    restApi,
    functionUrl: condition('IsFunctionUrl', Fn.conditionNot(restApi)),
    inUsEast1,
    originalsKey: given('HasOriginalsKey', values.OriginalsKeyArn),
    httpAllow: given('HasHttpAllow', values.HttpAllow),
    originalsPrefix: given('HasOriginalsPrefix', values.OriginalsPrefix),
    presets: given('HasPresets', values.Presets),
    prerender: given('HasPrerender', values.Prerender),
    keys: given('HasKeys', values.KeysSecretArn),
    edge: condition('VerifiesAtEdge', Fn.conditionEquals(values.VerifyAtEdge, 'yes')),
    ceiling: condition('HasCeiling', Fn.conditionNot(Fn.conditionEquals(text(values.Concurrency), '0'))),
    pinned: given('HasProductionVersion', values.ProductionVersion),
    canary: condition('HasCanary', Fn.conditionAnd(restApi, Fn.conditionNot(Fn.conditionEquals(text(values.CanaryPercent), '0')))),
    logRole: condition('SetsLogRole', Fn.conditionAnd(restApi, Fn.conditionEquals(values.ApiGatewayLogRole, 'yes'))),
    domain: given('HasDomain', values.DomainName),
    shield: given('HasShield', values.OriginShieldRegion),
    ownAcl: condition('MakesWebAcl', Fn.conditionEquals(values.Waf, 'yes')),
    acl: condition(
      'HasWebAcl',
      Fn.conditionOr(Fn.conditionEquals(values.Waf, 'yes'), Fn.conditionNot(Fn.conditionEquals(values.WebAclArn, ''))),
    ),
    alarmEmail: given('HasAlarmEmail', values.AlarmEmail),
    accessLogs: given('HasAccessLogs', values.AccessLogBucket),
  } as const
}

/** A value where the condition holds; else the other one, or nothing at all. Objects in it are written as CloudFormation writes them. */
export function when(condition: CfnCondition, then: unknown, otherwise: unknown = Aws.NO_VALUE): IResolvable {
  return Fn.conditionIf(condition.logicalId, then, otherwise)
}

/** The same as a text, for properties that CDK wants as one. */
export function textWhen(condition: CfnCondition, then: unknown, otherwise?: unknown): string {
  return Token.asString(when(condition, then, otherwise))
}

/** CloudFormation compares texts. */
export function text(number: number): string {
  return Token.isUnresolved(number) ? Token.asString(number) : String(number)
}
