import { Aws } from 'aws-cdk-lib'

/** A name for what CloudFront wants one for. They are unique in an account, whatever the region, and end at 64 letters. */
export function named(what: string): string {
  return `${Aws.STACK_NAME}-${what}-${Aws.REGION}`
}
