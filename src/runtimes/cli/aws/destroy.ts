import { Failure } from '../../../errors.ts'
import { openS3 } from '../../../s3/client.ts'
import type { S3 } from '../../../s3/s3.ts'
import { type Context, command, json, Trouble } from '../command.ts'
import { type Cloud, openCloud } from './cloud.ts'
import { trouble } from './code-bucket.ts'
import { typed } from './consent.ts'
import { nameOf } from './deploy.ts'
import { eventsSoFar, follow } from './events.ts'
import { Interrupted, interruptedCode, interruptible } from './interrupt.ts'
import { findStack, isBusy, type Stack } from './stack.ts'

/** CloudFront lets go slowly. */
const longestSeconds = 3600

export const destroy = command({
  doc: 'Removes the service from AWS with all that it made; the originals stay.',
  usage: '[--stage STAGE] [--yes]',
  args: {
    stack: { type: 'string', valueHint: 'NAME', description: 'Name of the stack (default tintype).' },
    stage: { type: 'string', valueHint: 'STAGE', description: 'As it was deployed (default production).' },
    region: { type: 'string', valueHint: 'REGION', description: 'Else that of AWS_REGION or of the profile.' },
    yes: { type: 'boolean', description: 'Do not ask.' },
    json: { type: 'boolean', description: 'What came of it, as JSON on standard output.' },
  },
  settings: false,
  examples: ['tintype destroy --stage staging', 'tintype destroy --stack pictures --region eu-central-1 --yes'],
  async run({ stack, stage, region, yes, json: asJson }, context) {
    const name = nameOf(stack, stage)
    const cloud = await openCloud(region)
    const { err } = context
    const state = { begun: false }
    try {
      return await interruptible(longestSeconds, (signal) => run({ cloud, name, yes, asJson, state }, context, signal))
    } catch (thrown) {
      if (!(thrown instanceof Interrupted)) throw thrown
      err.line('')
      err.line(
        state.begun
          ? `No longer watching: AWS goes on. Follow it: aws cloudformation describe-stack-events --stack-name ${name} --region ${cloud.region}`
          : 'Stopped. The stack is there still; some results may be gone, and are made again when asked for.',
      )
      return thrown.why === 'late' ? 1 : interruptedCode
    } finally {
      cloud.close()
    }
  },
})

type Work = {
  readonly cloud: Cloud
  readonly name: string
  readonly yes: boolean | undefined
  readonly asJson: boolean | undefined
  readonly state: { begun: boolean }
}

async function run({ cloud, name, yes, asJson, state }: Work, context: Context, signal: AbortSignal): Promise<number> {
  const { out, err } = context
  const stack = await findStack(cloud, name, signal)
  if (stack === undefined)
    throw new Trouble(`There is no stack ${name} in ${cloud.region}.`, 'Name it as it was deployed: --stack, --stage, --region.')
  if (isBusy(stack)) throw new Trouble(`The stack ${name} is being changed: ${stack.status}.`, 'Wait until that is done, then try again.')
  const buckets = await bucketsOf(cloud, stack, signal)
  const originals = output(stack, 'OriginalsBucket') ?? buckets.get('Originals')
  const results = output(stack, 'ResultBucket') ?? buckets.get('Results')
  tellPlan(stack, originals, results, context)
  if (!(await typed(`Type ${name} to remove it.`, name, yes, context, signal))) {
    err.line('Nothing was changed.')
    return 1
  }
  const emptied = results === undefined ? 0 : await emptyBucket(cloud, results, context, signal)
  const known = await eventsSoFar(cloud, stack.id, signal)
  state.begun = true
  await cloud.ask((client, options) => client.deleteStack({ StackName: stack.id }, options), signal)
  let ending = await follow(cloud, stack.id, known, err, signal)
  if (ending.status === 'DELETE_FAILED' && results !== undefined && /not empty/i.test(ending.cause?.reason ?? '')) {
    // The function made pictures until it was gone.
    await emptyBucket(cloud, results, context, signal)
    const told = await eventsSoFar(cloud, stack.id, signal)
    await cloud.ask((client, options) => client.deleteStack({ StackName: stack.id }, options), signal)
    ending = await follow(cloud, stack.id, told, err, signal)
  }
  if (ending.status !== 'DELETE_COMPLETE') {
    const why = ending.cause === undefined ? ending.status : `${ending.cause.resource}: ${ending.cause.reason}`
    throw new Trouble(`The stack could not be removed whole. It began with ${why}`, 'Mend that, and run tintype destroy again.')
  }
  if (asJson === true) out.line(json({ result: 'destroyed', stack: stack.id, emptied, originals }))
  else err.line(`${err.ink('green', 'Gone.')}${originals === undefined ? '' : ` Your originals lie in s3://${originals} as before.`}`)
  return 0
}

function tellPlan(
  { name, id, parameters }: Stack,
  originals: string | undefined,
  results: string | undefined,
  { err: { line, ink } }: Context,
): void {
  const code = parameters.get('CodeBucket')
  line(`${ink('bold', name)}  ${ink('dim', id)}`)
  line(`  ${ink('red', 'goes ')}  the distribution, the function, its logs, alarms and dashboard`)
  if (results !== undefined) line(`  ${ink('red', 'goes ')}  s3://${results} with every result in it`)
  if (originals !== undefined) line(`  ${ink('green', 'stays')}  s3://${originals} with your originals`)
  if (code !== undefined) line(`  ${ink('green', 'stays')}  s3://${code} with the code, which other stages share`)
}

function output({ outputs }: Stack, name: string): string | undefined {
  return outputs.find((each) => each.name === name)?.value
}

/** Buckets that the stack made, by their names in the template: a stack that never came to life has no outputs. */
async function bucketsOf(cloud: Cloud, { id }: Stack, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const { StackResources = [] } = await cloud.ask((client, options) => client.describeStackResources({ StackName: id }, options), signal)
  const there = StackResources.filter(
    ({ ResourceType, ResourceStatus = '' }) =>
      ResourceType === 'AWS::S3::Bucket' && !/^(?:DELETE_COMPLETE|CREATE_FAILED)$/.test(ResourceStatus),
  )
  return new Map(there.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [LogicalResourceId, PhysicalResourceId]))
}

/** Page by page, as S3 lists it; how many there were. A bucket that is gone is empty. */
async function emptyBucket(cloud: Cloud, bucket: string, { err }: Context, signal: AbortSignal): Promise<number> {
  const s3: S3 = openS3({ region: cloud.region, timeoutSeconds: 60 })
  try {
    let removed = 0
    for (;;) {
      const page = await s3.list(bucket, {}, signal)
      if (page instanceof Failure) {
        if (page.code === 'original-missing') return removed
        throw trouble(bucket, page)
      }
      const keys = page.objects.map(({ key }) => key)
      if (keys.length === 0) break
      const refused = await s3.deleteMany(bucket, keys, signal)
      if (refused instanceof Failure) throw trouble(bucket, refused)
      removed += keys.length
      if (removed % 10_000 < keys.length) err.line(`  ${err.ink('dim', `${removed} results removed`)}`)
    }
    if (removed > 0) err.line(`Removed ${removed} results.`)
    return removed
  } finally {
    await s3.close()
  }
}
