import { beforeAll, describe, expect, it } from 'vitest'
import { variableOf } from '../../src/config/names.ts'
import { readSettings } from '../../src/config/read.ts'
import { settings } from '../../src/config/tree.ts'
import { all, allowed, type Deployed, deploy, only, type Template } from './deployed.ts'
import { least, modes, restApi, theTemplate } from './stacks.ts'

let template: Template
beforeAll(() => {
  template = theTemplate()
})

describe.each(modes)('the stack with %s', (_name, given) => {
  let deployed: Deployed
  beforeAll(() => {
    deployed = deploy(template, given)
  })

  it('grants nothing to everyone, and nothing of everything', () => {
    const wide = allowed(deployed).filter(({ action, resource, principal }) => /\*/.test(action) || resource === '*' || principal === '*')
    // X-Ray has no resources.
    expect(new Set(wide.map(({ action, resource }) => `${action} ${resource}`))).toEqual(
      new Set(['xray:PutTraceSegments *', 'xray:PutTelemetryRecords *']),
    )
  })

  it('lets the function read originals and write results, and no more', () => {
    const own = (role: string) => allowed(deployed, role).filter(({ action }) => action.startsWith('s3:'))
    const ours = given === least || given === restApi
    const originals = ours ? 'Originals.Arn/*' : 'arn:aws:s3:::my-originals/photos/*'
    const missed = ours ? 'Originals.Arn' : 'arn:aws:s3:::my-originals'
    expect(own('Role').map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `s3:GetObject ${originals}`,
      `s3:ListBucket ${missed}`,
      's3:PutObject Results.Arn/*',
      's3:DeleteObject Results.Arn/*',
      's3:GetObject Results.Arn/.purged/*',
    ])
    expect(own('EventRole').map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `s3:GetObject ${originals}`,
      `s3:ListBucket ${missed}`,
      's3:PutObject Results.Arn/*',
      's3:GetObject Results.Arn/*',
      's3:DeleteObject Results.Arn/*',
      's3:ListBucket Results.Arn',
    ])
  })

  it('says to the functions what their settings take', () => {
    const known = new Set(settings.map(({ path }) => variableOf(path)))
    for (const id of ['Function', 'EventFunction']) {
      const { Variables } = only(deployed, id).Properties.Environment as { Variables: Readonly<Record<string, unknown>> }
      const named = Object.entries(Variables).map(([name, value]) => [name, typeof value === 'string' ? value : 'a-bucket'] as const)
      const ours = named.filter(([name]) => name.startsWith('TINTYPE_'))
      expect(ours.map(([name]) => name).filter((name) => !known.has(name))).toEqual([])
      const read = readSettings({ env: Object.fromEntries(ours) })
      expect(read.kind === 'failures' ? read.failures.map(({ message }) => message) : []).toEqual([])
      expect(read).toMatchObject({
        settings: {
          aws: { resultBucket: 'a-bucket' },
          source: { s3: { bucket: 'OriginalsBucket' in given ? 'my-originals' : 'a-bucket' } },
        },
      })
    }
  })

  it('folds at the edge, and looks into the bucket first', () => {
    const { DistributionConfig: config } = only(deployed, 'Distribution').Properties
    expect(config.HttpVersion).toBe('http2and3')
    expect(config.CacheBehaviors).toBeUndefined()
    const behaviour = config.DefaultCacheBehavior
    expect(behaviour.FunctionAssociations).toEqual([
      { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': ['ViewerRequest', 'FunctionARN'] } },
    ])
    expect(behaviour.AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS'])
    const [group] = config.OriginGroups.Items
    expect(behaviour.TargetOriginId).toBe(group.Id)
    expect(group.Members.Items).toEqual([{ OriginId: 'results' }, { OriginId: 'function' }])
    expect(group.FailoverCriteria.StatusCodes).toEqual({ Quantity: 6, Items: [403, 404, 500, 502, 503, 504] })
    expect(config.Origins.map(({ Id }: { Id: string }) => Id)).toEqual(['results', 'function'])
    for (const { OriginReadTimeout } of config.Origins.flatMap(
      (origin: { CustomOriginConfig?: object }) => origin.CustomOriginConfig ?? [],
    )) {
      expect(OriginReadTimeout).toBe(only(deployed, 'Function').Properties.Timeout)
    }
  })

  it('has the path alone for a key, and forwards the target alone', () => {
    const { ParametersInCacheKeyAndForwardedToOrigin: key, ...times } = only(deployed, 'CachePolicy').Properties.CachePolicyConfig
    expect(key).toEqual({
      CookiesConfig: { CookieBehavior: 'none' },
      HeadersConfig: { HeaderBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
      EnableAcceptEncodingBrotli: false,
      EnableAcceptEncodingGzip: false,
    })
    expect(times).toMatchObject({ MinTTL: 0, DefaultTTL: 86_400, MaxTTL: 31_536_000 })
    expect(only(deployed, 'OriginRequestPolicy').Properties.OriginRequestPolicyConfig).toMatchObject({
      CookiesConfig: { CookieBehavior: 'none' },
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['x-tintype-target'] },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    })
  })

  it('remembers failures briefly', () => {
    const remembered: readonly { ErrorCode: number; ErrorCachingMinTTL: number }[] = only(deployed, 'Distribution').Properties
      .DistributionConfig.CustomErrorResponses
    const seconds = Object.fromEntries(remembered.map(({ ErrorCode, ErrorCachingMinTTL }) => [ErrorCode, ErrorCachingMinTTL]))
    expect(seconds).toMatchObject({ 400: 10, 403: 10, 404: 60, 405: 10, 414: 10 })
    for (const status of [500, 502, 503, 504]) expect(seconds[status]).toBeLessThanOrEqual(5)
    // CloudFront takes no others.
    expect(Object.keys(seconds).map(Number)).toEqual([400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504])
  })

  it('streams from a function of Node 24 with a log that ends', () => {
    const { Properties } = only(deployed, 'Function')
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.streaming', MemorySize: 1769, Timeout: 30 })
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' })
    expect(Properties.LoggingConfig).toEqual({ LogFormat: 'JSON', LogGroup: { Ref: 'Logs' } })
    expect(Properties.ReservedConcurrentExecutions).toBe('Concurrency' in given ? 40 : undefined)
    for (const [id, group] of all(deployed, 'AWS::Logs::LogGroup')) expect(group.Properties.RetentionInDays, id).toBe(30)
    expect(only(deployed, 'EventFunction').Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' })
  })

  it('keeps originals and lets results go', () => {
    const results = only(deployed, 'Results')
    expect([results.DeletionPolicy, results.UpdateReplacePolicy]).toEqual(['Delete', 'Delete'])
    expect(results.Properties.VersioningConfiguration).toBeUndefined()
    expect(results.Properties.LifecycleConfiguration.Rules[0]).toMatchObject({ Status: 'Enabled', ExpirationInDays: 90 })
    const originals = deployed.Resources.Originals
    if ('OriginalsBucket' in given) expect(originals).toBeUndefined()
    else {
      expect([originals?.DeletionPolicy, originals?.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain'])
      expect(originals?.Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } })
    }
    for (const [id, { Properties }] of all(deployed, 'AWS::S3::Bucket')) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration), id).toEqual([true, true, true, true])
    }
    for (const bucket of ['ResultsPolicy', ...(originals === undefined ? [] : ['OriginalsPolicy'])]) {
      expect(only(deployed, bucket).Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      )
    }
  })

  it('hears of originals through a queue that gives up after five times', () => {
    const { EventPattern, Targets } = only(deployed, 'OriginalsRule').Properties
    const bucket = 'OriginalsBucket' in given ? 'my-originals' : { Ref: 'Originals' }
    expect(EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created', 'Object Deleted'],
      // EventBridge takes no pattern with an empty object in it.
      detail: { bucket: { name: [bucket] }, ...('OriginalsPrefix' in given ? { object: { key: [{ prefix: 'photos/' }] } } : {}) },
    })
    expect(Targets).toEqual([{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }])
    const queue = only(deployed, 'Queue').Properties
    expect(queue.RedrivePolicy).toEqual({ deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 5 })
    expect(queue.VisibilityTimeout).toBe(6 * only(deployed, 'EventFunction').Properties.Timeout)
    expect(only(deployed, 'QueueMapping').Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    })
  })

  it('rings when something is wrong, and draws what happens', () => {
    const metrics = all(deployed, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.MetricName)
    expect(metrics).toEqual(expect.arrayContaining(['Errors', 'Throttles', 'Duration', 'ApproximateNumberOfMessagesVisible']))
    expect(metrics.includes('5xxErrorRate')).toBe('AWS::Region' in given)
    expect(metrics.includes('5XXError')).toBe(given.Entry === 'rest-api')
    for (const [id, { Properties }] of all(deployed, 'AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmActions, id).toEqual([{ Ref: 'Alarms' }])
    }
    expect(all(deployed, 'AWS::SNS::Subscription')).toHaveLength('AlarmEmail' in given ? 1 : 0)
    const { DashboardBody } = only(deployed, 'Dashboard').Properties
    const body = DashboardBody['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'x')).join('')
    expect(JSON.parse(body).widgets).toHaveLength(given.Entry === 'rest-api' ? 9 : 8)
  })
})
