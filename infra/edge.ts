import { Aws } from 'aws-cdk-lib'
import { CfnFunction, CfnKeyValueStore } from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import { named } from './named.ts'
import { type Conditions, type Values, when } from './values.ts'

export type Edge = { readonly functionArn: string }

/** The function at the edge, which folds what is asked into one path; and, where signatures are verified there, the store with the keys. */
export function addEdge(scope: Construct, values: Values, conditions: Conditions, viewerRequest: string): Edge {
  const keys = new CfnKeyValueStore(scope, 'EdgeKeys', {
    name: named('keys'),
    comment: 'Keys with which URLs are signed.',
    importSource: { sourceArn: values.KeysImportArn, sourceType: 'S3' },
  })
  keys.cfnOptions.condition = conditions.edge
  const made = new CfnFunction(scope, 'ViewerRequest', {
    name: named('fold'),
    autoPublish: true,
    functionCode: viewerRequest,
    functionConfig: {
      comment: `Folds what is asked of ${Aws.STACK_NAME} into one path`,
      runtime: 'cloudfront-js-2.0',
      keyValueStoreAssociations: when(conditions.edge, [{ KeyValueStoreARN: keys.attrArn }]),
    },
  })
  return { functionArn: made.attrFunctionArn }
}
