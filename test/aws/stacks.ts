import { printTemplate } from '../../infra/template.ts'
import type { Template } from './deployed.ts'

/** What must be said. */
export const least = { CodeBucket: 'code-of-tintype' }
export const restApi = { ...least, Entry: 'rest-api' }
/** All that can be said at once. */
const most = {
  ...restApi,
  'AWS::Region': 'us-east-1',
  OriginalsBucket: 'my-originals',
  OriginalsPrefix: 'photos/',
  OriginalsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1b2c',
  HttpAllow: 'images.example.org',
  Presets: '{"thumb":"w=200"}',
  PresetsOnly: 'yes',
  Prerender: 'thumb',
  ProductionVersion: '3',
  CanaryPercent: 10,
  Concurrency: 40,
  KeysSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:keys-a1b2c3',
  VerifyAtEdge: 'yes',
  KeysImportArn: 'arn:aws:s3:::my-keys/keys.json',
  DomainName: 'img.example.org',
  CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
  OriginShieldRegion: 'us-east-1',
  Waf: 'yes',
  AlarmEmail: 'me@example.org',
  AccessLogBucket: 'my-logs',
}
/** Stacks that are looked at one by one. */
export const modes: readonly (readonly [name: string, given: Readonly<Record<string, string | number>>])[] = [
  ['a Function URL', least],
  ['a REST API', restApi],
  ['a Function URL, with all there is', { ...most, Entry: 'function-url', CanaryPercent: 0 }],
  ['a REST API, with all there is', most],
]

/** The template as it is published. */
export function theTemplate(): Template {
  return JSON.parse(printTemplate()) as Template
}
