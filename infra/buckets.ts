import { Aws, CfnDeletionPolicy, Fn } from 'aws-cdk-lib'
import { type CfnRole, Effect, PolicyDocument, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { below, excuse, told } from './excuse.ts'
import { type Conditions, textWhen, type Values } from './values.ts'

export type Buckets = {
  readonly results: CfnBucket
  /** Name of the bucket with the originals, the operator's or ours. */
  readonly originalsName: string
  readonly originalsArn: string
}

/** Closed to the public, encrypted by S3, without ACLs: what both buckets have in common. */
const closed = {
  bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
  ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
  publicAccessBlockConfiguration: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
}

/**
 * Originals and results. What we made can be made again, so results have no versions and leave after a while; originals cannot, so their bucket
 * outlives the stack.
 */
export function addBuckets(scope: Construct, values: Values, conditions: Conditions): Buckets {
  const results = new CfnBucket(scope, 'Results', {
    ...closed,
    lifecycleConfiguration: {
      rules: [
        {
          id: 'forget',
          status: 'Enabled',
          expirationInDays: values.ResultDays,
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    },
  })
  // Deleting a bucket wants it empty: `tintype destroy` empties it first.
  results.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE
  results.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE

  const originals = new CfnBucket(scope, 'Originals', {
    ...closed,
    lifecycleConfiguration: {
      rules: [{ id: 'tidy', status: 'Enabled', abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }],
    },
    notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: true } },
  })
  originals.cfnOptions.condition = conditions.ownOriginals
  originals.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
  originals.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
  const policy = new CfnBucketPolicy(scope, 'OriginalsPolicy', {
    bucket: originals.ref,
    policyDocument: new PolicyDocument({ statements: [onlyTls(originals.attrArn)] }),
  })
  policy.cfnOptions.condition = conditions.ownOriginals
  policy.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
  policy.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN

  excuse(results, 'AwsSolutions-S1', 'Only CloudFront and the function read and write here; each logs what it does.')
  excuse(originals, 'AwsSolutions-S1', 'Who reads originals is a matter of the account: CloudTrail records it where that is wanted.')
  return {
    results,
    originalsName: textWhen(conditions.ownOriginals, originals.ref, values.OriginalsBucket),
    originalsArn: textWhen(conditions.ownOriginals, originals.attrArn, `arn:${Aws.PARTITION}:s3:::${values.OriginalsBucket}`),
  }
}

/** CloudFront may read results; without the right to list them, what is missing is 403 to it, which the origin group takes as a miss. */
export function letCloudFrontRead(scope: Construct, results: CfnBucket, distributionArn: string): void {
  new CfnBucketPolicy(scope, 'ResultsPolicy', {
    bucket: results.ref,
    policyDocument: new PolicyDocument({
      statements: [
        onlyTls(results.attrArn),
        new PolicyStatement({
          sid: 'OneDistribution',
          principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
          actions: ['s3:GetObject'],
          resources: [objectsOf(results)],
          conditions: { StringEquals: { 'AWS:SourceArn': distributionArn } },
        }),
      ],
    }),
  })
}

function onlyTls(arn: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'OnlyTls',
    effect: Effect.DENY,
    principals: [new StarPrincipal()],
    actions: ['s3:*'],
    resources: [arn, Fn.join('', [arn, '/*'])],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  })
}

/** The objects of a bucket, for a grant; all, or those below a prefix. */
export function objectsOf(bucket: CfnBucket, prefix = ''): string {
  return Fn.join('', [bucket.attrArn, `/${prefix}*`])
}

/** Where originals lie in their bucket, for a grant: below the prefix alone. */
export function originalsBelow(arn: string, values: Values, conditions: Conditions): string {
  return Fn.join('', [arn, '/', prefixOf(values, conditions), '*'])
}

function prefixOf(values: Values, conditions: Conditions): string {
  return textWhen(conditions.originalsPrefix, values.OriginalsPrefix, '')
}

/** Why the grants of a role end in a star. */
export function excuseGrants(role: CfnRole, values: Values, conditions: Conditions, { results, originalsArn }: Buckets): void {
  const rule = 'AwsSolutions-IAM5'
  const originals = `Resource::${told(role, originalsArn)}/${told(role, prefixOf(values, conditions))}*`
  excuse(role, rule, 'X-Ray has no resources that a grant could name.', 'Resource::*')
  excuse(role, rule, 'Any original of this one bucket may be asked for, below the prefix where there is one.', originals)
  excuse(role, rule, 'Results get their names when they are asked for; nothing else lies in this bucket.', below(results, '/*'))
  excuse(role, rule, 'Marks of purges bear the names of originals.', below(results, '/.purged/*'))
}
