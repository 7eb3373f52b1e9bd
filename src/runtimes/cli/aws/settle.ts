import { type Context, Trouble } from '../command.ts'
import type { Cloud } from './cloud.ts'
import { consent } from './consent.ts'
import { eventsSoFar, follow } from './events.ts'
import { isBusy, type Stack } from './stack.ts'

/** What a stack that cannot be updated as it is wants first, by its state. */
const stuck: Readonly<Record<string, string>> = {
  ROLLBACK_FAILED: 'Its first deployment failed, and so did the cleaning up. Remove what is left: tintype destroy',
  DELETE_FAILED: 'It could not be removed whole. Try again: tintype destroy',
  CREATE_FAILED: 'Its first deployment failed. Remove what is left: tintype destroy',
  UPDATE_ROLLBACK_FAILED:
    'An update failed, and so did the way back: "aws cloudformation continue-update-rollback --stack-name NAME", then try again.',
}

/**
 * Brings a stack into a state in which it can be deployed. `undefined` when it is then one that must be made: there was none, or only what a
 * failed first try left, which is removed when the user says so.
 */
export async function settled(
  cloud: Cloud,
  stack: Stack | undefined,
  { yes, dryRun }: { readonly yes: boolean | undefined; readonly dryRun: boolean | undefined },
  context: Context,
  signal: AbortSignal,
): Promise<Stack | undefined> {
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return undefined
  const { name, status, id } = stack
  if (isBusy(stack)) throw new Trouble(`The stack ${name} is being changed: ${status}.`, 'Wait until that is done, then try again.')
  const hint = stuck[status]
  if (hint !== undefined) throw new Trouble(`The stack ${name} is ${status}.`, hint.replace('NAME', name))
  if (status !== 'ROLLBACK_COMPLETE') return stack
  const { err } = context
  err.line(`The first deployment of ${name} failed and was rolled back (ROLLBACK_COMPLETE); such a stack cannot be updated, only removed.`)
  if (dryRun === true) throw new Trouble('What a new one would change cannot be said before that is removed.', `Run: tintype destroy`)
  if (!(await consent('Remove what is left of it, and go on?', yes, context, signal))) throw new Trouble('Nothing was changed.')
  const known = await eventsSoFar(cloud, id, signal)
  await cloud.ask((client, options) => client.deleteStack({ StackName: id }, options), signal)
  const ending = await follow(cloud, id, known, err, signal)
  if (ending.status === 'DELETE_COMPLETE') return undefined
  throw new Trouble(`It could not be removed: ${ending.cause?.reason ?? ending.status}`, 'See the stack in the console of CloudFormation.')
}
