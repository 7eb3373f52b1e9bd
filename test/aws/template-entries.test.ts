import { App, Stack } from 'aws-cdk-lib'
import { beforeAll, describe, expect, it } from 'vitest'
import { Tintype } from '../../infra/index.ts'
import { agreed } from '../../infra/viewer-request-code.ts'
import { settings } from '../../src/config/tree.ts'
import { ladder } from '../../src/service/negotiate.ts'
import { all, deploy, only, references, type Template } from './deployed.ts'
import { least, restApi, theTemplate } from './stacks.ts'

let template: Template
beforeAll(() => {
  template = theTemplate()
})

describe('the entry by a Function URL', () => {
  it('is for CloudFront alone, which needs both permissions', () => {
    const deployed = deploy(template, least)
    expect(only(deployed, 'Url').Properties).toMatchObject({ AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM', Qualifier: 'production' })
    const permissions = all(deployed, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties)
    const who = {
      Principal: 'cloudfront.amazonaws.com',
      FunctionName: { 'Fn::Join': [':', [{ 'Fn::GetAtt': ['Function', 'Arn'] }, 'production']] },
      SourceArn: { 'Fn::Join': ['', ['arn:aws:cloudfront::123456789012:distribution/', { Ref: 'Distribution' }]] },
    }
    expect(permissions).toEqual([
      { ...who, Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' },
      { ...who, Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
    ])
    expect(all(deployed, 'AWS::ApiGateway')).toEqual([])
    const [, origin] = only(deployed, 'Distribution').Properties.DistributionConfig.Origins
    expect(origin).toMatchObject({ OriginPath: '', OriginAccessControlId: { 'Fn::GetAtt': ['UrlAccess', 'Id'] } })
    expect(only(deployed, 'UrlAccess').Properties.OriginAccessControlConfig).toMatchObject({
      OriginAccessControlOriginType: 'lambda',
      SigningBehavior: 'always',
    })
  })

  it('asks the stage that is named', () => {
    const deployed = deploy(template, { ...least, StageName: 'staging' })
    expect(only(deployed, 'Url').Properties.Qualifier).toBe('staging')
    for (const [, { Properties }] of all(deployed, 'AWS::Lambda::Permission')) {
      expect(Properties.FunctionName['Fn::Join'][1][1]).toBe('staging')
    }
  })
})

describe('the entry by a REST API', () => {
  it('streams, from every path, to whoever has the key', () => {
    const deployed = deploy(template, restApi)
    const methods = all(deployed, 'AWS::ApiGateway::Method').map(([, { Properties }]) => Properties)
    expect(methods).toHaveLength(2)
    for (const { HttpMethod, ApiKeyRequired, Integration } of methods) {
      expect({ HttpMethod, ApiKeyRequired }).toEqual({ HttpMethod: 'ANY', ApiKeyRequired: true })
      expect(Integration).toMatchObject({ Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', ResponseTransferMode: 'STREAM' })
      expect(Integration.Uri['Fn::Join'][1].join('|')).toMatch(
        /^arn:aws:apigateway:eu-west-1:lambda:path\/2021-11-15\/functions\/\|.*\|:\$\{stageVariables\.alias\}\/response-streaming-invocations$/,
      )
    }
    expect(only(deployed, 'Api').Properties.EndpointConfiguration).toEqual({ Types: ['REGIONAL'] })
    const [, origin] = only(deployed, 'Distribution').Properties.DistributionConfig.Origins
    const key = { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'ApiKeySecret' }, ':SecretString}}']] }
    expect(origin).toMatchObject({ OriginPath: '/production', OriginCustomHeaders: [{ HeaderName: 'x-api-key', HeaderValue: key }] })
    expect(origin.OriginAccessControlId).toBeUndefined()
    expect(only(deployed, 'ApiKey').Properties.Value).toEqual(key)
    expect(deployed.Resources.Url).toBeUndefined()
  })

  it('has two stages, each with its alias, its limits, its log and its traces', () => {
    const deployed = deploy(template, { ...restApi, ThrottleRate: 50, ThrottleBurst: 20 })
    const stages = all(deployed, 'AWS::ApiGateway::Stage').map(([, { Properties }]) => Properties)
    expect(stages.map(({ StageName, Variables }) => [StageName, Variables.alias])).toEqual([
      ['staging', 'staging'],
      ['production', 'production'],
    ])
    for (const stage of stages) {
      expect(stage.TracingEnabled).toBe(true)
      expect(stage.MethodSettings).toEqual([
        expect.objectContaining({ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20 }),
      ])
      expect(JSON.parse(stage.AccessLogSetting.Format)).toMatchObject({ status: '$context.status', bytes: '$context.responseLength' })
      expect(stage.CanarySetting).toBeUndefined()
      expect(references(stage.Description)).toEqual(['ApiAccount'])
    }
    const plan = only(deployed, 'UsagePlan').Properties
    expect(plan.ApiStages.map(({ Stage }: { Stage: object }) => Stage)).toEqual([{ Ref: 'StagingStage' }, { Ref: 'ProductionStage' }])
    expect(plan.Throttle).toEqual({ RateLimit: 50, BurstLimit: 20 })
    const aliases = all(deployed, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties.FunctionName['Fn::Join'][1][1])
    expect(aliases).toEqual(['staging', 'production'])
  })

  it('sends a part of production to the version of staging', () => {
    const deployed = deploy(template, { ...restApi, CanaryPercent: 10 })
    expect(only(deployed, 'ProductionStage').Properties.CanarySetting).toMatchObject({
      PercentTraffic: 10,
      StageVariableOverrides: { alias: 'staging' },
    })
    expect(only(deployed, 'StagingStage').Properties.CanarySetting).toBeUndefined()
  })

  it('leaves the role for the logs of an account to who has set it', () => {
    const deployed = deploy(template, { ...restApi, ApiGatewayLogRole: 'no' })
    expect(deployed.Resources.ApiAccount).toBeUndefined()
    expect(only(deploy(template, restApi), 'ApiAccount').DeletionPolicy).toBe('RetainExceptOnCreate')
  })
})

describe('versions', () => {
  it('come with a release, stay for whoever rolls back, and are what aliases point to', () => {
    const deployed = deploy(template, { ...least, Release: 'r2' })
    const version = only(deployed, 'Version')
    // Both are replaced with the release: a version is published anew, and Lambda publishes none where nothing has changed.
    expect(version.Properties.Description).toBe('r2')
    expect(only(deployed, 'Function').Properties.Description).toContain('r2')
    expect(version.UpdateReplacePolicy).toBe('Retain')
    const newest = { 'Fn::GetAtt': ['Version', 'Version'] }
    expect(only(deployed, 'StagingAlias').Properties).toMatchObject({ Name: 'staging', FunctionVersion: newest })
    expect(only(deployed, 'ProductionAlias').Properties).toMatchObject({ Name: 'production', FunctionVersion: newest })
    const back = deploy(template, { ...least, Release: 'r2', ProductionVersion: '1' })
    expect(only(back, 'StagingAlias').Properties.FunctionVersion).toEqual(newest)
    expect(only(back, 'ProductionAlias').Properties.FunctionVersion).toBe('1')
  })
})

describe('the function at the edge', () => {
  const codeOf = (given: object): string => only(deploy(template, { ...least, ...given }), 'ViewerRequest').Properties.FunctionCode
  const checks = { VerifyAtEdge: 'yes', KeysImportArn: 'arn:aws:s3:::my-keys/keys.json' }

  it('agrees with the one behind it', () => {
    const fallback = (name: string) => settings.find(({ path }) => path.join('.') === name)?.field.fallback
    expect(agreed).toEqual({ ignored: fallback('ignored'), prefix: fallback('server.prefix') })
    for (const given of [{}, checks]) expect(codeOf(given)).toContain(JSON.stringify([...ladder]).replaceAll(',', ', '))
  })

  it('checks signatures where that is wanted, with a store of keys', () => {
    expect(codeOf({})).not.toContain('createHmac')
    expect(codeOf(checks)).toContain('createHmac')
    for (const given of [{}, checks]) expect(Buffer.byteLength(codeOf(given))).toBeLessThanOrEqual(10_240)
    const deployed = deploy(template, { ...least, ...checks })
    expect(only(deployed, 'ViewerRequest').Properties.FunctionConfig).toMatchObject({
      Runtime: 'cloudfront-js-2.0',
      KeyValueStoreAssociations: [{ KeyValueStoreARN: { 'Fn::GetAtt': ['EdgeKeys', 'Arn'] } }],
    })
    expect(deploy(template, least).Resources.EdgeKeys).toBeUndefined()
  })
})

describe('the construct', () => {
  it('is the same stack, in an app of others', () => {
    const stack = new Stack(new App({ analyticsReporting: false, treeMetadata: false }), 'shop')
    const { url } = new Tintype(stack, 'Pictures', { codeBucket: 'code', entry: 'rest-api', memory: 3538, domainName: '' })
    const resolved = stack.resolve(url)
    expect(references(resolved)).toEqual([expect.stringMatching(/^PicturesDistribution/)])
  })

  it.each([
    [{ memory: 1 }, 'Memory: expected 512 to 10240, got "1".'],
    [{ originalsBucket: 'No Bucket' }, 'OriginalsBucket: expected the name of a bucket, or nothing, got "No Bucket".'],
    [{ logDays: 31 as 30 }, 'LogDays: expected 1, 3, 5,'],
  ])('refuses %j', (props, message) => {
    expect(() => new Tintype(new Stack(new App(), 'shop'), 'Pictures', { codeBucket: 'code', ...props })).toThrow(message)
  })
})
