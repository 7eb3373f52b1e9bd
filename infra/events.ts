import { CfnRule } from 'aws-cdk-lib/aws-events'
import { Effect, PolicyDocument, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { type Buckets, objectsOf } from './buckets.ts'
import { excuse } from './excuse.ts'
import { addLogs, code, disposable, environment, runtime } from './function.ts'
import { addRole } from './role.ts'
import { type Conditions, type Values, when } from './values.ts'

export type Events = { readonly function: CfnFunction; readonly queue: CfnQueue; readonly deadLetters: CfnQueue }

/** Longest time for a batch: some originals, each with its presets. */
const batchSeconds = 120

/**
 * What happens to originals: made or changed, their old results go and their presets are made anew; removed, their results go. Events wait in a
 * queue, which also takes whole lists (`tintype prerender --queue`), and what fails five times waits aside for a person.
 */
export function addEvents(scope: Construct, values: Values, conditions: Conditions, buckets: Buckets): Events {
  const deadLetters = new CfnQueue(scope, 'DeadLetters', { messageRetentionPeriod: 14 * 86_400, sqsManagedSseEnabled: true })
  const queue = new CfnQueue(scope, 'Queue', {
    messageRetentionPeriod: 4 * 86_400,
    sqsManagedSseEnabled: true,
    // Six times what a batch may take, as Lambda advises: a message that is worked on must not come again.
    visibilityTimeout: 6 * batchSeconds,
    redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: 5 },
  })
  for (const each of [queue, deadLetters]) disposable(each)
  const rule = new CfnRule(scope, 'OriginalsRule', {
    description: 'Originals that came, changed or went.',
    eventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created', 'Object Deleted'],
      detail: {
        bucket: { name: [buckets.originalsName] },
        object: when(conditions.originalsPrefix, { key: [{ prefix: values.OriginalsPrefix }] }),
      },
    },
    targets: [{ id: 'queue', arn: queue.attrArn }],
  })
  new CfnQueuePolicy(scope, 'QueuePolicy', {
    queues: [queue.ref],
    policyDocument: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'EventsOfOriginals',
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [queue.attrArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        }),
        onlyTls(queue),
      ],
    }),
  })
  new CfnQueuePolicy(scope, 'DeadLettersPolicy', {
    queues: [deadLetters.ref],
    policyDocument: new PolicyDocument({ statements: [onlyTls(deadLetters)] }),
  })

  const logs = addLogs(scope, 'EventLogs', values)
  const role = addRole(scope, { prefix: 'Event', purpose: 'events', logs }, values, conditions, buckets, [
    // To purge an original is to list what was made of it, and to remove that.
    new PolicyStatement({
      sid: 'KeepResults',
      actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
      resources: [objectsOf(buckets.results)],
    }),
    new PolicyStatement({ sid: 'ListResults', actions: ['s3:ListBucket'], resources: [buckets.results.attrArn] }),
    new PolicyStatement({
      sid: 'TakeEvents',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
      resources: [queue.attrArn],
    }),
  ])
  const made = new CfnFunction(scope, 'EventFunction', {
    ...runtime(values),
    // With the release, so that a deployment reads the secret of the keys anew here too.
    description: `Makes presets ahead of time, and purges what was made of originals that changed. Release ${values.Release}.`,
    handler: 'index.handler',
    code: code(values),
    memorySize: values.Memory,
    timeout: batchSeconds,
    role: role.attrArn,
    loggingConfig: { logFormat: 'JSON', logGroup: logs.ref },
    environment: { variables: environment(values, conditions, buckets) },
  })
  new CfnEventSourceMapping(scope, 'QueueMapping', {
    eventSourceArn: queue.attrArn,
    functionName: made.ref,
    batchSize: 10,
    // A batch in which one original is broken must not come again whole.
    functionResponseTypes: ['ReportBatchItemFailures'],
    // A million keys must not take the account's whole concurrency from viewers who wait.
    scalingConfig: { maximumConcurrency: values.EventConcurrency },
  })
  excuse(deadLetters, 'AwsSolutions-SQS3', 'It is the queue for what failed.')
  return { function: made, queue, deadLetters }
}

function onlyTls(queue: CfnQueue): PolicyStatement {
  return new PolicyStatement({
    sid: 'OnlyTls',
    effect: Effect.DENY,
    principals: [new StarPrincipal()],
    actions: ['sqs:*'],
    resources: [queue.attrArn],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  })
}
