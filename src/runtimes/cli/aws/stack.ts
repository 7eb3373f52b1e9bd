import { type Cloud, Refused } from './cloud.ts'

/** A stack as it stands. */
export type Stack = {
  readonly id: string
  readonly name: string
  readonly status: string
  /** Why it is in this state, where AWS says so. */
  readonly reason: string | undefined
  /** Values in force. */
  readonly parameters: ReadonlyMap<string, string>
  readonly outputs: readonly Output[]
}

export type Output = { readonly name: string; readonly value: string; readonly doc: string }

/** The stack of a name or ARN; `undefined` when there is none. */
export async function findStack(cloud: Cloud, name: string, signal: AbortSignal): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloud.ask((client, options) => client.describeStacks({ StackName: name }, options), signal)
    const [found] = Stacks
    if (found === undefined || found.StackStatus === 'DELETE_COMPLETE') return undefined
    const { StackId = '', StackName = name, StackStatus = '', StackStatusReason, Parameters = [], Outputs = [] } = found
    return {
      id: StackId,
      name: StackName,
      status: StackStatus,
      reason: StackStatusReason,
      parameters: new Map(Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue])),
      outputs: Outputs.map(({ OutputKey = '', OutputValue = '', Description = '' }) => ({
        name: OutputKey,
        value: OutputValue,
        doc: Description,
      })),
    }
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined
    throw thrown
  }
}

/** AWS has no error of its own for a stack that is not there. */
export function isAbsent(thrown: unknown): boolean {
  return thrown instanceof Refused && /does not exist/i.test(thrown.message)
}

/** Is someone changing it? A stack in review waits for its first change set, and is nobody's. */
export function isBusy({ status }: Stack): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS'
}

/** The account in which it lies: the fifth part of its ARN. */
export function accountOf(id: string): string {
  return id.split(':')[4] ?? ''
}

/** `tintype`, and `tintype-staging` for a stage of that name. */
export function stackName(base: string, stage: string): string {
  return stage === 'production' ? base : `${base}-${stage}`
}
