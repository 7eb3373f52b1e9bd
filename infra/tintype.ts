import { Aws, Fn } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { addBuckets, letCloudFrontRead } from './buckets.ts'
import { addDistribution } from './distribution.ts'
import { publicUrl } from './domain.ts'
import { addEdge } from './edge.ts'
import { addEvents } from './events.ts'
import { addFunction } from './function.ts'
import { addFunctionUrl, letCloudFrontInvoke } from './function-url.ts'
import { addWebAcl } from './protection.ts'
import { addRestApi } from './rest-api.ts'
import { type Conditions, declareConditions, readProps, type TintypeProps } from './values.ts'
import { viewerRequestCode } from './viewer-request-code.ts'
import { addWatching } from './watching.ts'

export type { TintypeProps } from './values.ts'

/**
 * Tintype on AWS: CloudFront in front; a bucket of results, which it asks first; a function that makes what is missing; and what hears of changes to
 * originals. One construct a stack. The zip of the function is one of a release, or made by `npm run build:aws`.
 */
export class Tintype extends Construct {
  /** Where pictures are asked for: `https://d111111abcdef8.cloudfront.net`. */
  readonly url: string
  /** What an operator wants to know of the stack, by name; the template has them as outputs. */
  readonly facts: Readonly<Record<string, Fact>>
  readonly conditions: Conditions

  constructor(scope: Construct, id: string, props: TintypeProps) {
    super(scope, id)
    const values = readProps(props)
    const conditions = declareConditions(this, values)
    const buckets = addBuckets(this, values, conditions)
    const image = addFunction(this, values, conditions, buckets)
    const events = addEvents(this, values, conditions, buckets)
    const url = addFunctionUrl(this, values, conditions, image)
    const api = addRestApi(this, values, conditions, image)
    const edge = addEdge(this, values, conditions, viewerRequestCode(conditions))
    const acl = addWebAcl(this, values, conditions)
    const distribution = addDistribution(this, values, conditions, { results: buckets.results, url, api }, edge, acl)
    const distributionArn = `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/${distribution.ref}`
    letCloudFrontRead(this, buckets.results, distributionArn)
    letCloudFrontInvoke(this, values, conditions, image, distributionArn)
    const watching = addWatching(this, values, conditions, {
      functionName: image.function.ref,
      eventFunctionName: events.function.ref,
      queueName: events.queue.attrQueueName,
      deadLettersName: events.deadLetters.attrQueueName,
      distributionId: distribution.ref,
      apiName: Aws.STACK_NAME,
    })

    this.conditions = conditions
    this.url = publicUrl(values, conditions, distribution.attrDomainName)
    this.facts = {
      Url: { doc: 'Where pictures are asked for.', value: this.url },
      DistributionId: { doc: 'To invalidate what CloudFront keeps.', value: distribution.ref },
      DistributionDomain: { doc: 'What the record of your own name points to.', value: distribution.attrDomainName },
      OriginalsBucket: { doc: 'Where originals are put.', value: buckets.originalsName },
      ResultBucket: { doc: 'Where results are kept.', value: buckets.results.ref },
      FunctionName: { doc: 'Makes pictures.', value: image.function.ref },
      FunctionVersion: { doc: 'Newest version of it: what staging runs.', value: image.version },
      EventsFunctionName: { doc: 'Hears of originals; purges and prerenders when asked.', value: events.function.ref },
      QueueUrl: { doc: 'Takes lists of originals to prerender.', value: events.queue.ref },
      DeadLettersUrl: { doc: 'Holds what failed five times.', value: events.deadLetters.ref },
      StagingUrl: { doc: 'The staging stage of the REST API; asks for the key.', value: stageUrl(api.host, 'staging'), when: 'restApi' },
      ProductionUrl: {
        doc: 'The production stage of the REST API; asks for the key.',
        value: stageUrl(api.host, 'production'),
        when: 'restApi',
      },
      ApiKeySecretArn: { doc: 'The secret with the key of the REST API.', value: api.secretArn, when: 'restApi' },
      FunctionUrl: { doc: 'The Function URL; asks for a signature of AWS.', value: url.attrFunctionUrl, when: 'functionUrl' },
      RollbackAlarms: {
        doc: 'Alarms to watch while an update is under way.',
        value: Fn.join(
          ',',
          watching.rollbackAlarms.map(({ attrArn }) => attrArn),
        ),
      },
      DashboardUrl: {
        doc: 'What happens, in pictures.',
        value: `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${watching.dashboardName}`,
      },
    }
  }
}

export type Fact = {
  readonly doc: string
  readonly value: string /** Only there under that condition. */
  readonly when?: keyof Conditions
}

function stageUrl(host: string, stage: string): string {
  return `https://${host}/${stage}/`
}
