import { createHash } from 'node:crypto'
import { Aws, CfnDeletionPolicy, Fn, type CfnResource as Resource, Stack } from 'aws-cdk-lib'
import {
  CfnAccount,
  CfnApiKey,
  CfnDeployment,
  CfnMethod,
  CfnResource,
  CfnRestApi,
  CfnStage,
  CfnUsagePlan,
  CfnUsagePlanKey,
} from 'aws-cdk-lib/aws-apigateway'
import { CfnRole, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnPermission } from 'aws-cdk-lib/aws-lambda'
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { excuse } from './excuse.ts'
import { addLogs, disposable, type ImageFunction } from './function.ts'
import { type Conditions, textWhen, type Values, when } from './values.ts'

export type RestApi = {
  readonly api: CfnRestApi
  /** `abc.execute-api.eu-west-1.amazonaws.com` */
  readonly host: string
  /** The reference that CloudFormation puts the key in place of: CloudFront sends it, and no one else has it. */
  readonly key: string
  readonly secretArn: string
}

const stageNames = ['staging', 'production'] as const

/** What API Gateway needs to write logs, and nothing else. */
const logPolicy = 'service-role/AmazonAPIGatewayPushToCloudWatchLogs'

/** A line a request, as JSON. What is a number is written as one. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  stage: '$context.stage',
  canary: '$context.isCanaryRequest',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  functionStatus: '$context.integration.integrationStatus',
  functionRequestId: '$context.integration.requestId',
  error: '$context.error.responseType',
  trace: '$context.xrayTraceId',
}

/**
 * The entry with throttling, stages, a canary, access logs and traces: a REST API, since HTTP APIs decode paths and do not stream. API Gateway has
 * no access control for CloudFront, so it asks for a key that CloudFront alone sends.
 */
export function addRestApi(scope: Construct, values: Values, conditions: Conditions, image: ImageFunction): RestApi {
  const api = new CfnRestApi(scope, 'Api', {
    name: `${Aws.STACK_NAME}`,
    description: 'Asked by CloudFront when the result bucket has no answer.',
    // An edge-optimised one would be a second CloudFront behind ours.
    endpointConfiguration: { types: ['REGIONAL'] },
  })
  const everything = new CfnResource(scope, 'ApiPath', { restApiId: api.ref, parentId: api.attrRootResourceId, pathPart: '{proxy+}' })
  const method = {
    restApiId: api.ref,
    httpMethod: 'ANY',
    authorizationType: 'NONE',
    apiKeyRequired: true,
    integration: {
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      responseTransferMode: 'STREAM',
      // The stage says which alias it asks, so a canary is a stage variable.
      uri: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2021-11-15/functions/${image.function.attrArn}:\${stageVariables.alias}/response-streaming-invocations`,
      // The function has a limit of its own, and a deployment would not follow a parameter.
      timeoutInMillis: 60_000,
    },
  }
  const methods = [
    new CfnMethod(scope, 'ApiMethod', { ...method, resourceId: everything.ref }),
    new CfnMethod(scope, 'ApiRootMethod', { ...method, resourceId: api.attrRootResourceId }),
  ]
  // A deployment is a picture of the API as it was: another API wants another one, under another name.
  const shape = createHash('sha256').update(JSON.stringify({ ...method, restApiId: '', integration: { ...method.integration, uri: '' } }))
  const deployment = new CfnDeployment(scope, `ApiDeployment${shape.digest('hex').slice(0, 8)}`, { restApiId: api.ref })
  for (const each of methods) deployment.addResourceDependency(each)

  const logs = addLogs(scope, 'ApiLogs', values)
  const { account, role } = addLogRole(scope)
  const stages = stageNames.map((name) => {
    const stage = new CfnStage(scope, name === 'staging' ? 'StagingStage' : 'ProductionStage', {
      restApiId: api.ref,
      deploymentId: deployment.ref,
      stageName: name,
      // Says who writes its logs, and so waits for him: without that role a stage may not ask for any.
      description: Fn.join(' ', ['Logs by', textWhen(conditions.logRole, account.ref, 'the role of this account')]),
      variables: { alias: name },
      tracingEnabled: true,
      accessLogSetting: { destinationArn: logs.attrArn, format: Stack.of(scope).toJsonString(accessLog) },
      methodSettings: [
        {
          httpMethod: '*',
          resourcePath: '/*',
          throttlingRateLimit: values.ThrottleRate,
          throttlingBurstLimit: values.ThrottleBurst,
          metricsEnabled: true,
          loggingLevel: 'ERROR',
          dataTraceEnabled: false,
        },
      ],
      ...(name === 'staging'
        ? {}
        : {
            canarySetting: when(conditions.canary, {
              DeploymentId: deployment.ref,
              PercentTraffic: values.CanaryPercent,
              StageVariableOverrides: { alias: 'staging' },
            }),
          }),
    })
    excuse(stage, 'AwsSolutions-APIG3', 'The firewall stands in front of CloudFront, and nobody else has the key of this API.')
    return stage
  })

  const secret = new CfnSecret(scope, 'ApiKeySecret', {
    description: 'Sent by CloudFront to the API, as x-api-key.',
    generateSecretString: { passwordLength: 40, excludePunctuation: true },
  })
  disposable(secret)
  const value = `{{resolve:secretsmanager:${secret.ref}:SecretString}}`
  const key = new CfnApiKey(scope, 'ApiKey', { enabled: true, value, description: 'What CloudFront sends.' })
  const plan = new CfnUsagePlan(scope, 'UsagePlan', {
    description: 'What CloudFront may ask.',
    apiStages: stages.map((stage) => ({ apiId: api.ref, stage: stage.ref })),
    throttle: { rateLimit: values.ThrottleRate, burstLimit: values.ThrottleBurst },
  })
  const planKey = new CfnUsagePlanKey(scope, 'UsagePlanKey', { keyId: key.ref, keyType: 'API_KEY', usagePlanId: plan.ref })

  // With a canary, the stage of production asks the alias of staging too: any stage of this one API may.
  const permissions = stageNames.map((name) => {
    const permission = new CfnPermission(scope, name === 'staging' ? 'StagingPermission' : 'ProductionPermission', {
      functionName: Fn.join(':', [image.function.attrArn, name]),
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${api.ref}/*`,
    })
    for (const alias of image.aliases) permission.addResourceDependency(alias)
    return permission
  })

  const parts: Resource[] = [api, everything, ...methods, deployment, logs, ...stages, secret, key, plan, planKey, ...permissions]
  for (const part of parts) part.cfnOptions.condition = conditions.restApi
  for (const part of [role, account]) part.cfnOptions.condition = conditions.logRole

  excuse(api, 'AwsSolutions-APIG2', 'What is asked is judged by the function, whose failures say what is wrong.')
  for (const each of methods) {
    excuse(each, 'AwsSolutions-APIG4', 'CloudFront shows a key; who may ask CloudFront is told by the signature in the URL.')
    excuse(each, 'AwsSolutions-COG4', 'Pictures stand in pages: their viewers have no account here.')
  }
  excuse(secret, 'AwsSolutions-SMG4', 'A new key must reach CloudFront and API Gateway in one deployment, not on a day of its own.')
  return { api, host: `${api.ref}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`, key: value, secretArn: secret.ref }
}

/** One role for all APIs of an account and region; it must outlive the stack, or the logs of the others would end with it. */
function addLogRole(scope: Construct): { readonly role: CfnRole; readonly account: CfnAccount } {
  const role = new CfnRole(scope, 'ApiLogRole', {
    assumeRolePolicyDocument: new PolicyDocument({
      statements: [new PolicyStatement({ principals: [new ServicePrincipal('apigateway.amazonaws.com')], actions: ['sts:AssumeRole'] })],
    }),
    managedPolicyArns: [`arn:${Aws.PARTITION}:iam::aws:policy/${logPolicy}`],
  })
  const account = new CfnAccount(scope, 'ApiAccount', { cloudWatchRoleArn: role.attrArn })
  for (const part of [role, account]) {
    part.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
    part.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN
  }
  excuse(
    role,
    'AwsSolutions-IAM4',
    'The policy that AWS keeps for this one purpose; the role serves every API of the account.',
    `Policy::arn:<AWS::Partition>:iam::aws:policy/${logPolicy}`,
  )
  return { role, account }
}
