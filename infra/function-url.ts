import { Fn } from 'aws-cdk-lib'
import { CfnPermission, CfnUrl } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { ImageFunction } from './function.ts'
import type { Conditions, Values } from './values.ts'

/** The entry that costs nothing beside the function: only CloudFront may ask it, and answers stream. */
export function addFunctionUrl(scope: Construct, values: Values, conditions: Conditions, image: ImageFunction): CfnUrl {
  const url = new CfnUrl(scope, 'Url', {
    targetFunctionArn: image.function.attrArn,
    qualifier: values.StageName,
    authType: 'AWS_IAM',
    invokeMode: 'RESPONSE_STREAM',
  })
  url.cfnOptions.condition = conditions.functionUrl
  for (const alias of image.aliases) url.addResourceDependency(alias)
  return url
}

/** A Function URL asks for both: the right to its URL, and the right to the function for who comes through the URL. */
export function letCloudFrontInvoke(
  scope: Construct,
  values: Values,
  conditions: Conditions,
  image: ImageFunction,
  distributionArn: string,
): void {
  const who = {
    functionName: Fn.join(':', [image.function.attrArn, values.StageName]),
    principal: 'cloudfront.amazonaws.com',
    sourceArn: distributionArn,
  }
  const permissions = [
    new CfnPermission(scope, 'InvokeUrlPermission', { ...who, action: 'lambda:InvokeFunctionUrl', functionUrlAuthType: 'AWS_IAM' }),
    new CfnPermission(scope, 'InvokePermission', { ...who, action: 'lambda:InvokeFunction', invokedViaFunctionUrl: true }),
  ]
  for (const permission of permissions) {
    permission.cfnOptions.condition = conditions.functionUrl
    for (const alias of image.aliases) permission.addResourceDependency(alias)
  }
}
