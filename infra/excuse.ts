import { type CfnElement, Stack, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * Says why a rule of cdk-nag (`AwsSolutions-S1`) or of CloudFormation's own validation (`CloudFormation-Validate::F3014`) is not followed by one
 * construct. The reasons stand where the thing is made; `npm test` refuses what has none.
 * @param what  What the rule found there, for rules that may find several things.
 */
export function excuse(construct: IConstruct, rule: string, reason: string, what?: string): void {
  Validations.of(construct).acknowledge({ id: what === undefined ? rule : `${rule}[${what}]`, reason })
}

/** A grant that ends in a star, as cdk-nag calls it: `Resource::<Results.Arn>/*`. */
export function below(resource: CfnElement, rest: string): string {
  return `Resource::<${Stack.of(resource).getLogicalId(resource)}.Arn>${rest}`
}

/** A text of CloudFormation, as cdk-nag writes it. */
export function told(construct: IConstruct, text: string): string {
  return JSON.stringify(Stack.of(construct).resolve(text))
}
