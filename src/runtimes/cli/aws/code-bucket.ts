import { Failure } from '../../../errors.ts'
import type { S3 } from '../../../s3/s3.ts'
import { type Context, Trouble } from '../command.ts'
import { execute, planChanges } from './change-set.ts'
import type { Cloud } from './cloud.ts'
import { eventsSoFar, follow } from './events.ts'
import { findStack, isBusy } from './stack.ts'

/** The stack that holds the bucket of the code: one in every region, for all stages, and nothing else. */
export const codeStack = 'tintype-code'

/** The bucket, closed to the public; its name says whose it is, and its name is found by no request but this stack's. */
const template = JSON.stringify({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Tintype: the bucket that holds the code and the templates of its stacks.',
  Resources: {
    Code: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
        BucketName: { 'Fn::Sub': 'tintype-code-${AWS::AccountId}-${AWS::Region}' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    },
  },
})

/** The name of the bucket, which is made unless it is there. */
export async function codeBucket(cloud: Cloud, { err }: Context, signal: AbortSignal): Promise<string> {
  const before = await findStack(cloud, codeStack, signal)
  if (before !== undefined && /^(?:CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(before.status)) return bucketOf(cloud, before.id, signal)
  if (before !== undefined && before.status !== 'REVIEW_IN_PROGRESS') {
    throw new Trouble(
      `The stack ${codeStack}, which holds the bucket of the code, is ${before.status}.`,
      isBusy(before) ? 'Wait until it is done.' : 'Delete it in CloudFormation, or name a bucket of your own with --bucket.',
    )
  }
  err.line(`${err.ink('dim', 'Making')} the bucket for the code, once for this region.`)
  const wish = { stack: codeStack, fresh: true, template: { body: template }, parameters: [] }
  const changes = await planChanges(cloud, wish, signal)
  if (changes === undefined) throw new Trouble('CloudFormation found nothing to make.')
  const known = await eventsSoFar(cloud, changes.stack, signal)
  await execute(cloud, changes, signal)
  const { status, cause } = await follow(cloud, changes.stack, known, err, signal)
  if (status === 'CREATE_COMPLETE') return bucketOf(cloud, changes.stack, signal)
  throw new Trouble(
    `The bucket for the code could not be made: ${cause?.reason ?? status}`,
    `Delete the stack ${codeStack}; if the bucket is there already, name it with --bucket.`,
  )
}

async function bucketOf(cloud: Cloud, stack: string, signal: AbortSignal): Promise<string> {
  const { StackResourceDetail } = await cloud.ask(
    (client, options) => client.describeStackResource({ StackName: stack, LogicalResourceId: 'Code' }, options),
    signal,
  )
  return StackResourceDetail?.PhysicalResourceId ?? ''
}

/** Puts an object there unless it is there already: keys hold the hash of their bytes. Whether it had to be sent. */
export async function upload(
  s3: Pick<S3, 'head' | 'put'>,
  bucket: string,
  key: string,
  body: () => Promise<Buffer>,
  type: string,
  signal: AbortSignal,
): Promise<boolean> {
  const there = await s3.head(bucket, key, signal)
  if (!(there instanceof Failure)) return false
  if (there.code !== 'original-missing' && there.code !== 'source-forbidden') throw trouble(bucket, there)
  const put = await s3.put(bucket, key, { body: await body(), type }, signal)
  if (put instanceof Failure) throw trouble(bucket, put)
  return true
}

/** In the words of whoever deploys: to him the bucket is no source of originals. */
export function trouble(bucket: string, failure: Failure): Trouble {
  return new Trouble(
    `The bucket ${bucket}: ${failure.message}`,
    'Whoever deploys must be able to read and write it, in the region of the stack.',
    failure,
  )
}
