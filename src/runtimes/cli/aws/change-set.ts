import type { Change, DescribeChangeSetOutput } from '@aws-sdk/client-cloudformation'
import { type Context, Trouble } from '../command.ts'
import type { Cloud } from './cloud.ts'
import type { GivenParameter } from './parameters.ts'
import { until } from './wait.ts'

/** What a deployment would do, worked out by CloudFormation and not yet done. */
export type ChangeSet = { readonly id: string; readonly stack: string; readonly changes: readonly Change[] }

export type Wish = {
  readonly stack: string
  /** Is there nothing of this name yet? */
  readonly fresh: boolean
  /** The text of the template, where it is short enough; else where it lies in S3. */
  readonly template: { readonly body: string } | { readonly url: string }
  readonly parameters: readonly GivenParameter[]
  /** ARNs of alarms: one that sounds while the change goes on turns it back. */
  readonly alarms?: readonly string[]
}

/** Has the change set made; `undefined` when there is nothing to change. */
export async function planChanges(cloud: Cloud, wish: Wish, signal: AbortSignal): Promise<ChangeSet | undefined> {
  const { stack, fresh, template, parameters, alarms = [] } = wish
  const { Id: id = '', StackId: stackId = '' } = await cloud.ask(
    (client, options) =>
      client.createChangeSet(
        {
          StackName: stack,
          ChangeSetName: `tintype-${Date.now()}`,
          ChangeSetType: fresh ? 'CREATE' : 'UPDATE',
          ...('url' in template ? { TemplateURL: template.url } : { TemplateBody: template.body }),
          Parameters: [...parameters],
          Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
          Tags: [{ Key: 'app', Value: 'tintype' }],
          RollbackConfiguration: { RollbackTriggers: alarms.map((Arn) => ({ Arn, Type: 'AWS::CloudWatch::Alarm' })) },
        },
        options,
      ),
    signal,
  )
  const made = await until(async () => {
    const page = await changesFrom(cloud, id, undefined, signal)
    return /_(?:PENDING|IN_PROGRESS)$/.test(page.Status ?? '') ? undefined : page
  }, signal).catch((thrown: unknown) => abandon(cloud, { id, stack: stackId }, fresh, thrown))
  const changes = [...(made.Changes ?? [])]
  for (let next = made.NextToken; next !== undefined; ) {
    const page = await changesFrom(cloud, id, next, signal)
    changes.push(...(page.Changes ?? []))
    next = page.NextToken
  }
  const found = { id, stack: stackId, changes }
  if (made.Status !== 'FAILED' && changes.length > 0) return found
  await dropChanges(cloud, found, fresh, signal)
  const why = made.StatusReason ?? ''
  if (made.Status !== 'FAILED' || /didn't contain changes|no updates are to be performed/i.test(why)) return undefined
  throw new Trouble(`CloudFormation refuses the template: ${why}`, 'Nothing was changed.')
}

function changesFrom(cloud: Cloud, id: string, NextToken: string | undefined, signal: AbortSignal): Promise<DescribeChangeSetOutput> {
  return cloud.ask((client, options) => client.describeChangeSet({ ChangeSetName: id, NextToken }, options), signal)
}

/** Lets a change set go, and with it the stack in review that was made for it alone. */
export async function dropChanges(
  cloud: Cloud,
  { id, stack }: Omit<ChangeSet, 'changes'>,
  fresh: boolean,
  signal: AbortSignal,
): Promise<void> {
  await cloud.ask((client, options) => client.deleteChangeSet({ ChangeSetName: id }, options), signal)
  if (fresh) await cloud.ask((client, options) => client.deleteStack({ StackName: stack }, options), signal)
}

/** Longest time to clean up for somebody who wants to leave. */
const leavingMs = 10_000

/** Lets a change set go because of what was thrown, and throws that: whoever stops here leaves no stack in review behind. */
export async function abandon(cloud: Cloud, changes: Omit<ChangeSet, 'changes'>, fresh: boolean, thrown: unknown): Promise<never> {
  await dropChanges(cloud, changes, fresh, AbortSignal.timeout(leavingMs)).catch(() => {})
  throw thrown
}

const words = { Add: 'add', Modify: 'change', Remove: 'remove', Import: 'import', Dynamic: 'perhaps', SyncWithActual: 'sync' } as const
const colours = { Add: 'green', Modify: 'yellow', Remove: 'red', Import: 'green', Dynamic: 'yellow', SyncWithActual: 'yellow' } as const

/** One change for a program. */
export function changeRow({ ResourceChange }: Change): {
  readonly action: string
  readonly resource: string
  readonly type: string
  readonly replaced: string
} {
  const { Action = 'Dynamic', LogicalResourceId = '', ResourceType = '', Replacement } = ResourceChange ?? {}
  const replaced =
    Action !== 'Modify' ? '' : Replacement === 'True' ? 'replaced' : Replacement === 'Conditional' ? 'perhaps replaced' : 'in place'
  return { action: words[Action], resource: LogicalResourceId, type: ResourceType, replaced }
}

/** What would be done, as a table; what is lost comes first. */
export function tellChanges({ changes }: ChangeSet, { err: { line, ink } }: Context): void {
  const order = ['Remove', 'Modify', 'Dynamic', 'Import', 'Add']
  const sorted = [...changes].sort(
    (a, b) => order.indexOf(a.ResourceChange?.Action ?? 'Dynamic') - order.indexOf(b.ResourceChange?.Action ?? 'Dynamic'),
  )
  const rows = sorted.map((change) => ({ ...changeRow(change), colour: colours[change.ResourceChange?.Action ?? 'Dynamic'] }))
  const width = Math.max(8, ...rows.map(({ resource }) => resource.length))
  const typeWidth = Math.max(4, ...rows.map(({ type }) => type.length))
  line('')
  line(ink('bold', `  ${'Action'.padEnd(8)}${'Resource'.padEnd(width + 2)}${'Type'.padEnd(typeWidth + 2)}Replacement`.trimEnd()))
  for (const { action, resource, type, replaced, colour } of rows) {
    const mark = replaced === 'replaced' ? ink('red', replaced) : replaced
    line(`  ${ink(colour, action.padEnd(8))}${resource.padEnd(width + 2)}${ink('dim', type.padEnd(typeWidth + 2))}${mark}`.trimEnd())
  }
  line('')
}

/** Begins. What happens then is told by the events of the stack. */
export async function execute(cloud: Cloud, { id }: ChangeSet, signal: AbortSignal): Promise<void> {
  await cloud.ask((client, options) => client.executeChangeSet({ ChangeSetName: id }, options), signal)
}
