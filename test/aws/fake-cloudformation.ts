import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The account and region of the fake. */
export const account = '123456789012'
export const region = 'eu-central-1'

type Resource = { readonly Type: string; readonly DeletionPolicy?: string; readonly Properties?: Readonly<Record<string, unknown>> }
type Template = {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string | number }>>
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>
}
type Version = { readonly template: Template; readonly parameters: ReadonlyMap<string, string> }
type Event = { readonly id: string; readonly resource: string; readonly type: string; readonly status: string; readonly reason?: string }
type Stack = {
  readonly name: string
  readonly id: string
  status: string
  now: Version | undefined
  /** Those that were told, the newest last, and those that come one by one as they are asked for. */
  readonly events: Event[]
  readonly coming: (Event & { readonly done?: () => void })[]
}
type ChangeSet = { readonly stack: Stack; readonly next: Version; readonly changes: readonly string[]; looks: number }

export type FakeCloudFormation = {
  readonly url: string
  readonly stacks: ReadonlyMap<string, Stack>
  /** Every call with its parameters, in order. */
  readonly calls: { readonly action: string; readonly input: URLSearchParams }[]
  /** Resources that fail, with the reason. */
  readonly failing: Map<string, string>
  /** So many of the next calls are too many. */
  throttled: number
  /** No event comes. */
  held: boolean
  close(): Promise<void>
}

/** CloudFormation as far as deploying needs it: change sets, events that come one by one, rollback with a reason, deletion. */
export async function openFakeCloudFormation(
  readTemplate: (bucket: string, key: string) => string | undefined,
): Promise<FakeCloudFormation> {
  const stacks = new Map<string, Stack>()
  const sets = new Map<string, ChangeSet>()
  const calls: FakeCloudFormation['calls'] = []
  const failing = new Map<string, string>()
  const fake = { stacks, calls, failing, throttled: 0, held: false }
  let count = 0

  const find = (name: string): Stack => {
    const stack = stacks.get(name) ?? [...stacks.values()].find(({ id }) => id === name)
    if (stack === undefined || (stack.status === 'DELETE_COMPLETE' && !name.startsWith('arn:'))) {
      throw new Wrong('ValidationError', `Stack with id ${name} does not exist`)
    }
    return stack
  }
  const event = (stack: Stack, resource: string, status: string, reason?: string): Event => {
    const type = resource === stack.name ? 'AWS::CloudFormation::Stack' : (stack.now?.template.Resources[resource]?.Type ?? '')
    return { id: `event-${++count}`, resource, type, status, ...(reason === undefined ? {} : { reason }) }
  }

  const actions: Readonly<Record<string, (input: URLSearchParams) => string>> = {
    DescribeStacks: (input) => {
      const stack = find(input.get('StackName') ?? '')
      const parameters = [...(stack.now?.parameters ?? [])].map(([name, value]) => member({ ParameterKey: name, ParameterValue: value }))
      const rests = /^(?:CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.status)
      const outputs = Object.entries((rests && stack.now?.template.Outputs) || {}).map(([name, { Value }]) =>
        member({ OutputKey: name, OutputValue: resolve(Value, stack) }),
      )
      return `<Stacks><member>${fields({ StackId: stack.id, StackName: stack.name, StackStatus: stack.status, CreationTime: new Date(0).toISOString() })}<Parameters>${parameters.join('')}</Parameters><Outputs>${outputs.join('')}</Outputs></member></Stacks>`
    },
    CreateChangeSet: (input) => {
      const name = input.get('StackName') ?? ''
      const type = input.get('ChangeSetType')
      const old = stacks.get(name)
      const fresh = old === undefined || old.status === 'DELETE_COMPLETE'
      if (type === 'CREATE' && !fresh && old.status !== 'REVIEW_IN_PROGRESS') {
        throw new Wrong('ValidationError', `Stack [${name}] already exists and cannot be created again with the changeSet [x].`)
      }
      if (type === 'UPDATE' && (fresh || !/^(?:CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(old.status))) {
        throw new Wrong('ValidationError', `Stack [${name}] cannot be updated as it is.`)
      }
      const template = JSON.parse(templateOf(input)) as Template
      const id = `arn:aws:cloudformation:${region}:${account}:stack/${name}/${++count}`
      const stack = fresh ? { name, id, status: 'REVIEW_IN_PROGRESS', now: undefined, events: [], coming: [] } : old
      stacks.set(name, stack)
      if (fresh) stack.events.push(event(stack, name, 'REVIEW_IN_PROGRESS', 'User Initiated'))
      const next = { template, parameters: parametersOf(input, template, stack.now?.parameters) }
      const setId = `arn:aws:cloudformation:${region}:${account}:changeSet/${input.get('ChangeSetName')}/${++count}`
      sets.set(setId, { stack, next, changes: changesOf(stack.now, next), looks: 0 })
      return fields({ Id: setId, StackId: stack.id })
    },
    DescribeChangeSet: (input) => {
      const set = sets.get(input.get('ChangeSetName') ?? '')
      if (set === undefined) throw new Wrong('ChangeSetNotFound', 'ChangeSet does not exist')
      set.looks += 1
      if (set.looks === 1) return fields({ Status: 'CREATE_IN_PROGRESS' })
      if (set.changes.length === 0) {
        return fields({
          Status: 'FAILED',
          StatusReason: "The submitted information didn't contain changes. Submit different information to create a change set.",
        })
      }
      // Two a page.
      const from = Number(input.get('NextToken') ?? 0)
      const page = set.changes.slice(from, from + 2)
      const more = from + 2 < set.changes.length ? fields({ NextToken: String(from + 2) }) : ''
      return `${fields({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' })}<Changes>${page.join('')}</Changes>${more}`
    },
    DeleteChangeSet: (input) => {
      sets.delete(input.get('ChangeSetName') ?? '')
      return ''
    },
    ExecuteChangeSet: (input) => {
      const set = sets.get(input.get('ChangeSetName') ?? '')
      if (set === undefined) throw new Wrong('ChangeSetNotFound', 'ChangeSet does not exist')
      begin(set)
      return ''
    },
    DescribeStackEvents: (input) => {
      const stack = find(input.get('StackName') ?? '')
      const told = fake.held ? undefined : stack.coming.shift()
      if (told !== undefined) {
        stack.events.push(told)
        told.done?.()
      }
      const rows = [...stack.events].reverse().map((each) =>
        member({
          StackId: stack.id,
          StackName: stack.name,
          EventId: each.id,
          LogicalResourceId: each.resource,
          PhysicalResourceId: each.resource === stack.name ? stack.id : physical(each.resource, stack),
          ResourceType: each.type,
          ResourceStatus: each.status,
          ...(each.reason === undefined ? {} : { ResourceStatusReason: each.reason }),
          Timestamp: new Date().toISOString(),
        }),
      )
      const from = Number(input.get('NextToken') ?? 0)
      const more = from + 3 < rows.length ? fields({ NextToken: String(from + 3) }) : ''
      return `<StackEvents>${rows.slice(from, from + 3).join('')}</StackEvents>${more}`
    },
    DescribeStackResource: (input) => {
      const stack = find(input.get('StackName') ?? '')
      const id = input.get('LogicalResourceId') ?? ''
      return `<StackResourceDetail>${fields({ LogicalResourceId: id, PhysicalResourceId: physical(id, stack) })}</StackResourceDetail>`
    },
    DescribeStackResources: (input) => {
      const stack = find(input.get('StackName') ?? '')
      const rows = Object.entries(stack.now?.template.Resources ?? {}).map(([id, { Type }]) =>
        member({ LogicalResourceId: id, PhysicalResourceId: physical(id, stack), ResourceType: Type, ResourceStatus: 'CREATE_COMPLETE' }),
      )
      return `<StackResources>${rows.join('')}</StackResources>`
    },
    DeleteStack: (input) => {
      const name = input.get('StackName') ?? ''
      if (!stacks.has(name) && ![...stacks.values()].some(({ id }) => id === name)) return ''
      const stack = find(name)
      if (stack.status === 'REVIEW_IN_PROGRESS') {
        stack.status = 'DELETE_COMPLETE'
        return ''
      }
      const resources = Object.entries(stack.now?.template.Resources ?? {})
      const failed = resources.find(([id]) => failing.has(id))
      stack.status = 'DELETE_IN_PROGRESS'
      stack.coming.push(event(stack, stack.name, 'DELETE_IN_PROGRESS', 'User Initiated'))
      for (const [id, { DeletionPolicy = 'Delete' }] of resources) {
        const reason = failing.get(id)
        const status = reason !== undefined ? 'DELETE_FAILED' : DeletionPolicy.startsWith('Retain') ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE'
        stack.coming.push(event(stack, id, status, reason))
      }
      end(stack, failed === undefined ? 'DELETE_COMPLETE' : 'DELETE_FAILED')
      return ''
    },
  }

  function templateOf(input: URLSearchParams): string {
    const body = input.get('TemplateBody')
    if (body !== null) {
      if (Buffer.byteLength(body) > 51_200) {
        throw new Wrong('ValidationError', "1 validation error detected: Value at 'templateBody' failed to satisfy constraint")
      }
      return body
    }
    const [, bucket = '', key = ''] =
      new RegExp(`^https://([^./]+)\\.s3\\.${region}\\.amazonaws\\.com/(.+)$`).exec(input.get('TemplateURL') ?? '') ?? []
    const found = readTemplate(bucket, key)
    if (found === undefined) throw new Wrong('ValidationError', 'S3 error: The specified key does not exist.')
    return found
  }

  function begin({ stack, next, changes }: ChangeSet): void {
    const fresh = stack.now === undefined
    const before = stack.now
    const word = fresh ? 'CREATE' : 'UPDATE'
    stack.now = next
    stack.status = `${word}_IN_PROGRESS`
    stack.coming.push(event(stack, stack.name, `${word}_IN_PROGRESS`, 'User Initiated'))
    const ids = changes.map((change) => /<LogicalResourceId>([^<]*)/.exec(change)?.[1] ?? '')
    const failed = ids.find((id) => failing.has(id))
    for (const id of ids) {
      stack.coming.push(event(stack, id, `${word}_IN_PROGRESS`))
      if (failed === undefined) stack.coming.push(event(stack, id, `${word}_COMPLETE`))
    }
    if (failed === undefined) {
      end(stack, `${word}_COMPLETE`)
      return
    }
    // As AWS does: what was under way is cancelled, and that may be told before the cause is told again of the stack.
    for (const id of ids.filter((each) => each !== failed))
      stack.coming.push(event(stack, id, `${word}_FAILED`, `Resource ${word === 'CREATE' ? 'creation' : 'update'} cancelled`))
    stack.coming.push(event(stack, failed, `${word}_FAILED`, failing.get(failed)))
    const rollback = fresh ? 'ROLLBACK' : 'UPDATE_ROLLBACK'
    stack.coming.push(event(stack, stack.name, `${rollback}_IN_PROGRESS`, `The following resource(s) failed: [${failed}].`))
    const last = event(stack, stack.name, `${rollback}_COMPLETE`)
    stack.coming.push({
      ...last,
      done: () => {
        stack.status = last.status
        stack.now = before ?? next
      },
    })
  }

  function end(stack: Stack, status: string): void {
    stack.coming.push({
      ...event(stack, stack.name, status),
      done: () => {
        stack.status = status
      },
    })
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece))
    request.on('end', () => {
      const input = new URLSearchParams(body)
      const action = input.get('Action') ?? ''
      const send = (status: number, xml: string): void => {
        response.writeHead(status, { 'content-type': 'text/xml' }).end(xml)
      }
      try {
        if (
          !/^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/eu-central-1\/cloudformation\/aws4_request,/.test(
            request.headers.authorization ?? '',
          )
        ) {
          throw new Wrong('MissingAuthenticationToken', 'Request is missing Authentication Token')
        }
        if (fake.throttled > 0) {
          fake.throttled -= 1
          throw new Wrong('Throttling', 'Rate exceeded')
        }
        calls.push({ action, input })
        const answer = actions[action]
        if (answer === undefined) throw new Wrong('InvalidAction', `The action ${action} is not valid`)
        const namespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/'
        send(200, `<${action}Response xmlns="${namespace}"><${action}Result>${answer(input)}</${action}Result></${action}Response>`)
      } catch (thrown) {
        if (!(thrown instanceof Wrong)) return send(500, String(thrown))
        const error = fields({ Type: 'Sender', Code: thrown.code, Message: thrown.message })
        send(400, `<ErrorResponse><Error>${error}</Error><RequestId>0</RequestId></ErrorResponse>`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(fake, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

class Wrong extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** `Parameters.member.1.ParameterKey=…`, with what was before where that is asked for, and defaults. */
function parametersOf(
  input: URLSearchParams,
  { Parameters = {} }: Template,
  before: ReadonlyMap<string, string> | undefined,
): Map<string, string> {
  const found = new Map(
    Object.entries(Parameters).flatMap(([name, { Default }]) => (Default === undefined ? [] : [[name, String(Default)]])),
  )
  for (let index = 1; input.has(`Parameters.member.${index}.ParameterKey`); index++) {
    const at = `Parameters.member.${index}`
    const name = input.get(`${at}.ParameterKey`) ?? ''
    if (!Object.hasOwn(Parameters, name)) throw new Wrong('ValidationError', `Parameters: [${name}] do not exist in the template`)
    const kept = input.get(`${at}.UsePreviousValue`) === 'true' ? before?.get(name) : undefined
    found.set(name, kept ?? input.get(`${at}.ParameterValue`) ?? '')
  }
  const missing = Object.keys(Parameters).filter((name) => !found.has(name))
  if (missing.length > 0) throw new Wrong('ValidationError', `Parameters: [${missing.join(', ')}] must have values`)
  return found
}

/** Whatever was added, went, or has other properties once parameters are filled in. */
function changesOf(before: Version | undefined, next: Version): string[] {
  const filled = ({ template, parameters }: Version, id: string): string =>
    JSON.stringify(template.Resources[id])?.replace(/\{"Ref":"(\w+)"\}/g, (whole, name: string) =>
      parameters.has(name) ? JSON.stringify(parameters.get(name)) : whole,
    )
  const ids = new Set([...Object.keys(before?.template.Resources ?? {}), ...Object.keys(next.template.Resources)])
  return [...ids].flatMap((id) => {
    const [old, made] = [before === undefined ? undefined : filled(before, id), filled(next, id)]
    if (old === made) return []
    const Action = old === undefined ? 'Add' : made === undefined ? 'Remove' : 'Modify'
    const ResourceType = (next.template.Resources[id] ?? before?.template.Resources[id])?.Type ?? ''
    const change = { Action, LogicalResourceId: id, ResourceType, ...(Action === 'Modify' ? { Replacement: 'Conditional' } : {}) }
    return [`<member><Type>Resource</Type><ResourceChange>${fields(change)}</ResourceChange></member>`]
  })
}

/** A bucket has the name that the template gives it; all else one of its own. */
function physical(id: string, stack: Stack): string {
  const name = stack.now?.template.Resources[id]?.Properties?.BucketName
  if (typeof name === 'string') return name
  const sub = (name as { readonly 'Fn::Sub'?: string } | undefined)?.['Fn::Sub']
  return sub?.replace(/\$\{AWS::AccountId\}/, account).replace(/\$\{AWS::Region\}/, region) ?? `${stack.name}-${id.toLowerCase()}`
}

function resolve(value: unknown, stack: Stack): string {
  if (typeof value === 'string') return value
  const { Ref = '' } = value as { readonly Ref?: string }
  return stack.now?.parameters.get(Ref) ?? physical(Ref, stack)
}

function fields(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${value.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</${name}>`)
    .join('')
}

function member(values: Readonly<Record<string, string>>): string {
  return `<member>${fields(values)}</member>`
}
