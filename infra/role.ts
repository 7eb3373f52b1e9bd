import { Aws } from 'aws-cdk-lib'
import { CfnRole, CfnRolePolicy, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { type Buckets, excuseGrants, originalsBelow } from './buckets.ts'
import type { Conditions, Values } from './values.ts'

/**
 * The role of a function: its own log, its traces, originals to read, and what else it is for.
 * @param prefix   Before the names of what is made in the template: `Event` makes `EventRole`.
 * @param purpose  Name of its policy.
 */
export function addRole(
  scope: Construct,
  { prefix, purpose, logs }: { readonly prefix: string; readonly purpose: string; readonly logs: CfnLogGroup },
  values: Values,
  conditions: Conditions,
  buckets: Buckets,
  statements: readonly PolicyStatement[],
): CfnRole {
  const role = new CfnRole(scope, `${prefix}Role`, {
    assumeRolePolicyDocument: lambdaAssumes(),
    policies: [
      {
        policyName: purpose,
        policyDocument: new PolicyDocument({
          statements: [...base(logs), ...readOriginals(values, conditions, buckets), ...statements],
        }),
      },
    ],
  })
  excuseGrants(role, values, conditions, buckets)
  letDecrypt(scope, `${prefix}DecryptPolicy`, role, values, conditions)
  return role
}

function lambdaAssumes(): PolicyDocument {
  return new PolicyDocument({
    statements: [new PolicyStatement({ principals: [new ServicePrincipal('lambda.amazonaws.com')], actions: ['sts:AssumeRole'] })],
  })
}

/** Its own log, and its traces. */
function base(logs: CfnLogGroup): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'Log', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logs.attrArn] }),
    new PolicyStatement({ sid: 'Trace', actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] }),
  ]
}

/** Listing as well, since S3 tells 404 from 403 only to who may list: a viewer is to learn that there is no such picture. */
function readOriginals(values: Values, conditions: Conditions, { originalsArn }: Buckets): readonly PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'ReadOriginals',
      actions: ['s3:GetObject'],
      resources: [originalsBelow(originalsArn, values, conditions)],
    }),
    new PolicyStatement({ sid: 'MissOriginals', actions: ['s3:ListBucket'], resources: [originalsArn] }),
  ]
}

/** Lets a role read originals that are encrypted with a key of the operator. A resource of its own, since a statement cannot be left out of a policy. */
function letDecrypt(scope: Construct, id: string, role: CfnRole, values: Values, conditions: Conditions): void {
  const policy = new CfnRolePolicy(scope, id, {
    roleName: role.ref,
    policyName: 'decrypt',
    policyDocument: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'DecryptOriginals',
          actions: ['kms:Decrypt'],
          resources: [values.OriginalsKeyArn],
          conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
        }),
      ],
    }),
  })
  policy.cfnOptions.condition = conditions.originalsKey
}
