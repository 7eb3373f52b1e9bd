import type { IResolvable } from 'aws-cdk-lib'
import { type Conditions, textWhen, type Values, when } from './values.ts'

/** The operator's own name for the distribution, where he has one. */
export function aliasesOf(values: Values, conditions: Conditions): IResolvable {
  return when(conditions.domain, [values.DomainName])
}

/** For his own name his own certificate; without, that of CloudFront. */
export function certificateOf(values: Values, conditions: Conditions): IResolvable {
  return when(
    conditions.domain,
    { AcmCertificateArn: values.CertificateArn, SslSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021' },
    { CloudFrontDefaultCertificate: true },
  )
}

/** Where pictures are asked for, without a slash at the end. */
export function publicUrl(values: Values, conditions: Conditions, distributionDomain: string): string {
  return `https://${textWhen(conditions.domain, values.DomainName, distributionDomain)}`
}
