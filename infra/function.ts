import { CfnDeletionPolicy, type CfnResource, Fn } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnAlias, CfnFunction, CfnVersion } from 'aws-cdk-lib/aws-lambda'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { type Buckets, objectsOf } from './buckets.ts'
import { addRole } from './role.ts'
import { type Conditions, textWhen, type Values, when } from './values.ts'

export type ImageFunction = {
  readonly function: CfnFunction
  /** Number of the newest version. */
  readonly version: string
  /** What the entries wait for: an alias must be there before someone may be allowed to call it. */
  readonly aliases: readonly CfnAlias[]
}

/** What all code of ours runs on. */
export function runtime(values: Values) {
  return { runtime: 'nodejs24.x', architectures: [values.Architecture], tracingConfig: { mode: 'Active' } }
}

/** The zip, whose bytes are named from outside: no asset, no bootstrap. */
export function code(values: Values): CfnFunction.CodeProperty {
  return { s3Bucket: values.CodeBucket, s3Key: values.CodeKey }
}

/**
 * The function that makes pictures, with its versions. A version is published with every `Release` and kept when the next one comes; two aliases
 * point to versions: `staging` to the newest, `production` to that or to an earlier one. So rolling back is one parameter, without an upload.
 */
export function addFunction(scope: Construct, values: Values, conditions: Conditions, buckets: Buckets): ImageFunction {
  const logs = addLogs(scope, 'Logs', values)
  const role = addRole(scope, { prefix: '', purpose: 'render', logs }, values, conditions, buckets, [
    // A result whose original was purged while it was made is taken back.
    new PolicyStatement({
      sid: 'KeepResults',
      actions: ['s3:PutObject', 's3:DeleteObject'],
      resources: [objectsOf(buckets.results)],
    }),
    new PolicyStatement({ sid: 'SeePurges', actions: ['s3:GetObject'], resources: [objectsOf(buckets.results, '.purged/')] }),
  ])
  const made = new CfnFunction(scope, 'Function', {
    ...runtime(values),
    // Part of what a version is: a release whose zip has the same bytes as the one before would else publish nothing, and fail.
    description: `Makes pictures. Release ${values.Release}.`,
    handler: 'index.streaming',
    code: code(values),
    memorySize: values.Memory,
    timeout: values.TimeoutSeconds,
    reservedConcurrentExecutions: when(conditions.ceiling, values.Concurrency) as unknown as number,
    role: role.attrArn,
    loggingConfig: { logFormat: 'JSON', logGroup: logs.ref },
    environment: { variables: environment(values, conditions, buckets) },
  })

  const version = new CfnVersion(scope, 'Version', { functionName: made.ref, description: values.Release })
  // An earlier version stays, to be rolled back to; it goes with the function.
  version.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE
  version.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
  const staging = new CfnAlias(scope, 'StagingAlias', { functionName: made.ref, name: 'staging', functionVersion: version.attrVersion })
  const production = new CfnAlias(scope, 'ProductionAlias', {
    functionName: made.ref,
    name: 'production',
    functionVersion: textWhen(conditions.pinned, values.ProductionVersion, version.attrVersion),
  })
  return { function: made, version: version.attrVersion, aliases: [staging, production] }
}

/** What the function is told. Names are those of the settings: `docs/reference/config.md`. */
export function environment(values: Values, conditions: Conditions, buckets: Buckets): Record<string, string> {
  const secret = Fn.join('', ['{{resolve:secretsmanager:', values.KeysSecretArn, ':SecretString}}'])
  return {
    TINTYPE_SOURCE_S3_BUCKET: buckets.originalsName,
    TINTYPE_SOURCE_S3_PREFIX: textWhen(conditions.originalsPrefix, values.OriginalsPrefix),
    TINTYPE_SOURCE_HTTP_ALLOW: textWhen(conditions.httpAllow, values.HttpAllow),
    TINTYPE_AWS_RESULT_BUCKET: buckets.results.ref,
    TINTYPE_AWS_PRERENDER: textWhen(conditions.prerender, values.Prerender),
    TINTYPE_AWS_ACCEPTS: values.Accepts,
    TINTYPE_DEMO: values.Demo,
    TINTYPE_PRESETS: textWhen(conditions.presets, values.Presets),
    TINTYPE_PRESETS_ONLY: values.PresetsOnly,
    TINTYPE_KEYS: textWhen(conditions.keys, secret),
    // glibc keeps an arena of memory for every thread; and libvips takes more than one thread for a picture only where this is set.
    MALLOC_ARENA_MAX: '2',
    // An instance makes one picture at a time, with a core or two.
    UV_THREADPOOL_SIZE: '2',
  }
}

export function addLogs(scope: Construct, id: string, values: Values): CfnLogGroup {
  const logs = new CfnLogGroup(scope, id, { retentionInDays: values.LogDays })
  disposable(logs)
  return logs
}

/** It goes with the stack, and that is meant. */
export function disposable(resource: CfnResource): void {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE
}
