import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import { type Conditions, textWhen, type Values } from './values.ts'

/** Rules that AWS keeps. Its common rules count long queries and paths instead of refusing them: recipes and URLs of originals are long. */
const managed: readonly (readonly [name: string, counted: readonly string[]])[] = [
  ['AWSManagedRulesAmazonIpReputationList', []],
  ['AWSManagedRulesKnownBadInputsRuleSet', []],
  ['AWSManagedRulesCommonRuleSet', ['SizeRestrictions_QUERYSTRING', 'SizeRestrictions_URIPATH', 'NoUserAgent_HEADER']],
]

/** The firewall in front of the distribution, ours or the operator's: its ARN. A firewall for CloudFront lives in us-east-1, and so must the stack. */
export function addWebAcl(scope: Construct, values: Values, conditions: Conditions): string {
  const acl = new CfnWebACL(scope, 'WebAcl', {
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: seen('all'),
    rules: [
      {
        name: 'rate',
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: values.WafRequests, aggregateKeyType: 'IP' } },
        visibilityConfig: seen('rate'),
      },
      ...managed.map(([name, counted], index) => ({
        name,
        priority: index + 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: 'AWS',
            name,
            ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
          },
        },
        visibilityConfig: seen(name),
      })),
    ],
  })
  acl.cfnOptions.condition = conditions.ownAcl
  return textWhen(conditions.ownAcl, acl.attrArn, values.WebAclArn)
}

function seen(metricName: string) {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName }
}
