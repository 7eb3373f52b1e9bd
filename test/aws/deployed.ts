/** A template as CloudFormation would take it in hand: with the values of its parameters, without what its conditions leave out. */
export type Deployed = {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>
}

export type Resource = {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into properties of fifty types.
  readonly Properties: any
  readonly DependsOn?: string | readonly string[]
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
}

type Json = { readonly [name: string]: unknown }
export type Template = Json & {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: string | number }>>
  readonly Conditions: Readonly<Record<string, Json>>
  readonly Resources: Readonly<Record<string, Json>>
  readonly Outputs: Readonly<Record<string, Json>>
  readonly Rules: Readonly<Record<string, { RuleCondition?: Json; Assertions: readonly { Assert: Json; AssertDescription: string }[] }>>
}

const region = 'eu-west-1'
const pseudo: Json = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::StackName': 'tintype',
  'AWS::URLSuffix': 'amazonaws.com',
}

/** Stands for a property that is not there. */
const nothing = Symbol('AWS::NoValue')

/**
 * What CloudFormation makes of a template; throws what its rules refuse. References to resources stay as they are, all else is a plain value.
 * @param given  Values of parameters; `AWS::Region` among them, else Ireland.
 */
export function deploy(template: Template, given: Readonly<Record<string, string | number>> = {}): Deployed {
  const defaults = Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default])
  const values: Json = { ...pseudo, 'AWS::Region': region, ...Object.fromEntries(defaults), ...given }
  const missing = Object.keys(template.Parameters).filter((name) => values[name] === undefined)
  if (missing.length > 0) throw new Error(`Parameters without values: ${missing.join(', ')}`)

  const holds = (condition: unknown): boolean => {
    const [[name, of] = ['', []]] = Object.entries(condition as Json)
    const all = of as readonly unknown[]
    switch (name) {
      case 'Condition':
        return holds(template.Conditions[of as string])
      case 'Fn::Equals':
        return String(resolve(all[0])) === String(resolve(all[1]))
      case 'Fn::Not':
        return !holds(all[0])
      case 'Fn::And':
        return all.every(holds)
      case 'Fn::Or':
        return all.some(holds)
      default:
        throw new Error(`Not a condition: ${JSON.stringify(condition)}`)
    }
  }
  const isThere = (part: Json): boolean => part.Condition === undefined || holds({ Condition: part.Condition })

  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== nothing)
    if (typeof value !== 'object' || value === null) return value
    const object = value as Json
    if (typeof object.Ref === 'string') return object.Ref === 'AWS::NoValue' ? nothing : (values[object.Ref] ?? object)
    if (object['Fn::If'] !== undefined) {
      const [condition, then, otherwise] = object['Fn::If'] as [string, unknown, unknown]
      return resolve(holds({ Condition: condition }) ? then : otherwise)
    }
    if (object['Fn::Join'] !== undefined) return join(...(object['Fn::Join'] as [string, readonly unknown[]]))
    const kept = Object.entries(object).map(([name, each]) => [name, resolve(each)])
    return Object.fromEntries(kept.filter(([, each]) => each !== nothing))
  }
  const join = (by: string, parts: readonly unknown[]): unknown => {
    const joined: unknown[] = []
    for (const part of parts.map(resolve)) {
      const last = joined.at(-1)
      // What is known grows together; a reference stays a part of its own.
      if (typeof part !== 'object' && typeof last === 'string') joined[joined.length - 1] = `${last}${by}${part}`
      else joined.push(typeof part === 'object' ? part : String(part))
    }
    return joined.length === 1 && typeof joined[0] === 'string' ? joined[0] : { 'Fn::Join': [by, joined] }
  }
  const partsOf = (parts: Readonly<Record<string, Json>>): Json => {
    const there = Object.entries(parts).filter(([, part]) => isThere(part))
    return Object.fromEntries(
      there.map(([name, part]) => {
        const { Condition: _, ...rest } = part
        return [name, resolve(rest)]
      }),
    )
  }
  for (const { RuleCondition, Assertions } of Object.values(template.Rules)) {
    if (RuleCondition !== undefined && !holds(RuleCondition)) continue
    for (const { Assert, AssertDescription } of Assertions) if (!holds(Assert)) throw new Error(AssertDescription)
  }
  return { Resources: partsOf(template.Resources), Outputs: partsOf(template.Outputs) } as Deployed
}

/** Every resource that a part of a template refers to. */
export function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (typeof value !== 'object' || value === null) return []
  const { Ref: ref, 'Fn::GetAtt': attribute, ...rest } = value as Json
  const own = [ref, Array.isArray(attribute) ? attribute[0] : undefined].filter((name) => typeof name === 'string')
  return [...own, ...Object.values(rest).flatMap(references)]
}

/** A resource that must be there. */
export function only(deployed: Deployed, id: string): Resource {
  const resource = deployed.Resources[id]
  if (resource === undefined) throw new Error(`There is no ${id}.`)
  return resource
}

/** Resources of a type, or of all types that begin so. */
export function all(deployed: Deployed, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(deployed.Resources).filter(([, { Type }]) => Type === type || Type.startsWith(`${type}::`))
}

/** What policies allow, an action and a resource a row; all of them, or those of one role. */
export function allowed(deployed: Deployed, role?: string): readonly { action: string; resource: string; principal: string }[] {
  const documents = Object.entries(deployed.Resources).flatMap(([id, { Properties }]) => {
    if (role !== undefined && id !== role) return []
    const inline: readonly { PolicyDocument: object }[] = Properties?.Policies ?? []
    return [Properties?.PolicyDocument, ...inline.map(({ PolicyDocument }) => PolicyDocument)].filter((document) => document !== undefined)
  })
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])
  return documents.flatMap(({ Statement }: { Statement: readonly Record<string, unknown>[] }) =>
    Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action, Resource, Principal }) =>
      list(Action).flatMap((action) =>
        list(Resource).map((resource) => ({ action: String(action), resource: shown(resource), principal: shown(Principal) })),
      ),
    ),
  )
}

/** A value as a reader would write it: `Results.Arn/*`. */
function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if ('Fn::GetAtt' in value) return (value['Fn::GetAtt'] as string[]).join('.')
  if ('Fn::Join' in value) {
    const [by, parts] = value['Fn::Join'] as [string, unknown[]]
    return parts.map(shown).join(by)
  }
  return JSON.stringify(value)
}
