import { Aws, Fn } from 'aws-cdk-lib'
import {
  CfnCachePolicy,
  CfnDistribution,
  CfnOriginAccessControl,
  CfnOriginRequestPolicy,
  CfnResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import type { CfnUrl } from 'aws-cdk-lib/aws-lambda'
import type { CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { aliasesOf, certificateOf } from './domain.ts'
import type { Edge } from './edge.ts'
import { excuse } from './excuse.ts'
import { named } from './named.ts'
import type { RestApi } from './rest-api.ts'
import { type Conditions, textWhen, type Values, when } from './values.ts'

/** What stands behind the distribution. */
export type Origins = { readonly results: CfnBucket; readonly url: CfnUrl; readonly api: RestApi }

/** The bucket has no such picture (403, since CloudFront may not list it), or is in trouble: then the function is asked. */
const missed = [403, 404, 500, 502, 503, 504]

/**
 * Seconds for which failures are remembered. An original that is missing may come; what is wrong stays wrong; trouble passes, and a CDN that remembers it
 * makes an outage of a blip. Other codes (410, 413, 415, 422) CloudFront does not let anyone set: it keeps them as long as the answer says.
 */
const rememberedSeconds: readonly (readonly [status: number, seconds: number])[] = [
  [400, 10],
  [403, 10],
  [404, 60],
  [405, 10],
  [414, 10],
  [416, 10],
  [500, 1],
  [501, 5],
  [502, 1],
  [503, 0],
  [504, 5],
]

/** One distribution, one behaviour: every path is folded by the function at the edge, looked up in the bucket, and else rendered. */
export function addDistribution(
  scope: Construct,
  values: Values,
  conditions: Conditions,
  origins: Origins,
  edge: Edge,
  aclArn: string,
): CfnDistribution {
  const bucketAccess = access(scope, 'ResultsAccess', 's3')
  const urlAccess = access(scope, 'UrlAccess', 'lambda')
  urlAccess.cfnOptions.condition = conditions.functionUrl
  const shield = when(conditions.shield, { Enabled: true, OriginShieldRegion: values.OriginShieldRegion })
  const distribution = new CfnDistribution(scope, 'Distribution', {
    distributionConfig: {
      comment: `Pictures of ${Aws.STACK_NAME}`,
      enabled: true,
      httpVersion: 'http2and3',
      ipv6Enabled: true,
      priceClass: values.PriceClass,
      aliases: aliasesOf(values, conditions) as unknown as string[],
      viewerCertificate: certificateOf(values, conditions),
      webAclId: textWhen(conditions.acl, aclArn),
      logging: when(conditions.accessLogs, {
        Bucket: `${values.AccessLogBucket}.s3.${Aws.URL_SUFFIX}`,
        IncludeCookies: false,
        Prefix: `${Aws.STACK_NAME}/`,
      }),
      origins: [
        {
          id: 'results',
          domainName: origins.results.attrRegionalDomainName,
          originAccessControlId: bucketAccess.attrId,
          s3OriginConfig: { originAccessIdentity: '' },
          connectionAttempts: 2,
          originShield: shield,
        },
        {
          id: 'function',
          domainName: textWhen(conditions.restApi, origins.api.host, Fn.select(2, Fn.split('/', origins.url.attrFunctionUrl))),
          originPath: textWhen(conditions.restApi, `/${values.StageName}`, ''),
          originAccessControlId: textWhen(conditions.functionUrl, urlAccess.attrId),
          originCustomHeaders: when(conditions.restApi, [{ HeaderName: 'x-api-key', HeaderValue: origins.api.key }]),
          customOriginConfig: {
            originProtocolPolicy: 'https-only',
            originSslProtocols: ['TLSv1.2'],
            // As long as the function itself may take.
            originReadTimeout: values.TimeoutSeconds,
            originKeepaliveTimeout: 60,
          },
          // What takes too long would else be begun again, and again.
          connectionAttempts: 1,
          originShield: shield,
        },
      ],
      originGroups: {
        quantity: 1,
        items: [
          {
            id: 'results-then-function',
            failoverCriteria: { statusCodes: { quantity: missed.length, items: missed } },
            members: { quantity: 2, items: [{ originId: 'results' }, { originId: 'function' }] },
          },
        ],
      },
      defaultCacheBehavior: {
        targetOriginId: 'results-then-function',
        viewerProtocolPolicy: 'redirect-to-https',
        allowedMethods: ['GET', 'HEAD', 'OPTIONS'],
        cachedMethods: ['GET', 'HEAD'],
        // Pictures are compressed already, and pages are short.
        compress: false,
        cachePolicyId: addCachePolicy(scope).attrId,
        originRequestPolicyId: addOriginRequestPolicy(scope).attrId,
        responseHeadersPolicyId: addResponseHeadersPolicy(scope).attrId,
        functionAssociations: [{ eventType: 'viewer-request', functionArn: edge.functionArn }],
      },
      customErrorResponses: rememberedSeconds.map(([errorCode, errorCachingMinTtl]) => ({ errorCode, errorCachingMinTtl })),
    },
  })
  excuse(distribution, 'AwsSolutions-CFR1', 'Pictures are for readers everywhere; who wants borders sets them on the distribution.')
  excuse(distribution, 'AwsSolutions-CFR2', 'A firewall costs by the month: the parameters Waf and WebAclArn put one in front.')
  excuse(distribution, 'AwsSolutions-CFR3', 'Access logs are written where the parameter AccessLogBucket names a bucket.')
  excuse(distribution, 'AwsSolutions-CFR4', 'Under a name of its own it wants TLS 1.2; under that of CloudFront, AWS decides.')
  excuse(
    distribution,
    'CloudFormation-Validate::F3014',
    'It takes the default of CertificateArn for a certificate, where there is a domain.',
  )
  return distribution
}

/** CloudFront signs what it asks: neither the bucket nor the function answers anyone else. */
function access(scope: Construct, id: string, type: 's3' | 'lambda'): CfnOriginAccessControl {
  return new CfnOriginAccessControl(scope, id, {
    originAccessControlConfig: {
      name: named(type),
      originAccessControlOriginType: type,
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    },
  })
}

/** The path alone is the key: it holds what the URL asks for and what the client takes. */
function addCachePolicy(scope: Construct): CfnCachePolicy {
  return new CfnCachePolicy(scope, 'CachePolicy', {
    cachePolicyConfig: {
      name: named('path'),
      comment: 'The path alone.',
      minTtl: 0,
      defaultTtl: 86_400,
      maxTtl: 31_536_000,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: 'none' },
        headersConfig: { headerBehavior: 'none' },
        queryStringsConfig: { queryStringBehavior: 'none' },
        enableAcceptEncodingBrotli: false,
        enableAcceptEncodingGzip: false,
      },
    },
  })
}

/** The target goes along, for the function; Host does not, or neither origin would know itself. */
function addOriginRequestPolicy(scope: Construct): CfnOriginRequestPolicy {
  return new CfnOriginRequestPolicy(scope, 'OriginRequestPolicy', {
    originRequestPolicyConfig: {
      name: named('target'),
      comment: 'The target that was folded into the path.',
      cookiesConfig: { cookieBehavior: 'none' },
      headersConfig: { headerBehavior: 'whitelist', headers: ['x-tintype-target'] },
      queryStringsConfig: { queryStringBehavior: 'none' },
    },
  })
}

/** Headers that an object in a bucket cannot have, so that both origins answer alike. What a page says of itself stands. */
function addResponseHeadersPolicy(scope: Construct): CfnResponseHeadersPolicy {
  return new CfnResponseHeadersPolicy(scope, 'ResponseHeadersPolicy', {
    responseHeadersPolicyConfig: {
      name: named('headers'),
      comment: 'What pictures are answered with.',
      corsConfig: {
        accessControlAllowCredentials: false,
        accessControlAllowHeaders: { items: ['*'] },
        accessControlAllowMethods: { items: ['GET', 'HEAD', 'OPTIONS'] },
        accessControlAllowOrigins: { items: ['*'] },
        accessControlMaxAgeSec: 86_400,
        originOverride: true,
      },
      securityHeadersConfig: {
        contentTypeOptions: { override: true },
        // The page at the root has a policy of its own, which shows its pictures.
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; sandbox", override: false },
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: false, override: true },
      },
      customHeadersConfig: {
        items: [
          { header: 'vary', value: 'Accept', override: true },
          { header: 'accept-ch', value: 'Sec-CH-Width, Sec-CH-DPR', override: true },
        ],
      },
    },
  })
}
