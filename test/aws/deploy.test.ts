import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { program } from '../../src/runtimes/cli/program.ts'
import { type FakeS3, openFakeS3 } from '../fake-s3.ts'
import { account, type FakeCloudFormation, openFakeCloudFormation, region } from './fake-cloudformation.ts'

const zip = Buffer.from('a zip')
vi.mock('../../src/runtimes/cli/aws/package-code.ts', () => ({
  packageCode: async ({ architecture }: { architecture: string }) => ({ zip, sha256: `5ha-${architecture}` }),
}))

// Waiting is AWS's affair.
vi.mock('../../src/runtimes/cli/aws/wait.ts', async (original) => {
  const { until } = await original<typeof import('../../src/runtimes/cli/aws/wait.ts')>()
  return { until: (look: () => Promise<unknown>, signal: AbortSignal) => until(look, signal, 1) }
})

const codeBucket = `tintype-code-${account}-${region}`
const secrets = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret-of-the-test' }

/** A stack in small: what deploying looks at is there. */
const template = {
  Parameters: {
    CodeBucket: { Type: 'String', AllowedPattern: '[a-z0-9.-]+' },
    CodeKey: { Type: 'String', Default: 'x.zip' },
    Release: { Type: 'String', Default: 'first' },
    Architecture: { Type: 'String', Default: 'x86_64', AllowedValues: ['x86_64', 'arm64'] },
    Entry: { Type: 'String', Default: 'function-url', AllowedValues: ['function-url', 'rest-api'] },
    Memory: { Type: 'Number', Default: 1769, MinValue: 512, MaxValue: 10240 },
    AlarmEmail: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^$|^(?:[^@]+@[^@]+)$',
      ConstraintDescription: 'Expected an address, or nothing.',
    },
  },
  Resources: {
    Results: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'results' } },
    Originals: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', Properties: { BucketName: 'originals' } },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: { Ref: 'CodeBucket' }, S3Key: { Ref: 'CodeKey' } },
        MemorySize: { Ref: 'Memory' },
        Description: { Ref: 'Release' },
      },
    },
    Distribution: { Type: 'AWS::CloudFront::Distribution' },
  },
  Outputs: {
    Url: { Value: 'https://d1.cloudfront.net' },
    ResultBucket: { Value: { Ref: 'Results' } },
    OriginalsBucket: { Value: { Ref: 'Originals' } },
    RollbackAlarms: { Value: 'arn:one,arn:two' },
  },
}

let folder: string
let s3: FakeS3
let cloud: FakeCloudFormation

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-deploy-'))
  s3 = await openFakeS3({ ...secrets, region, buckets: [codeBucket, 'results'] })
  cloud = await openFakeCloudFormation((bucket, key) => s3.objects.get(`${bucket}/${key}`)?.body.toString())
  writeFileSync(join(folder, 'template.json'), JSON.stringify(template))
  const env = {
    ...{ AWS_ACCESS_KEY_ID: secrets.accessKeyId, AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey, AWS_REGION: region },
    ...{ AWS_ENDPOINT_URL_S3: s3.url, AWS_ENDPOINT_URL_CLOUDFORMATION: cloud.url },
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all([s3.close(), cloud.close()])
  await rm(folder, { recursive: true, force: true })
})

type Done = { readonly code: number; readonly out: string; readonly err: string }

async function tintype(...argv: string[]): Promise<Done> {
  const said = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (said[name] += text) })
  const code = await program({ argv, env: {}, folder, stdout: stream('out'), stderr: stream('err') })
  return { code, ...said }
}

const deploy = (...more: string[]): Promise<Done> => tintype('deploy', '--template', 'template.json', ...more)
const actions = (): string[] => cloud.calls.map(({ action }) => action)

describe('deploy', { timeout: 30_000 }, () => {
  test('makes bucket and stack, shows what it does, tells events once and prints the outputs', async () => {
    const { code, out, err } = await deploy('--yes', '--set', 'Memory=2048', '--set', 'AlarmEmail=me@example.org')
    expect(err).toMatch(/^ {2}add +Distribution +AWS::CloudFront::Distribution$/m)
    expect(err.match(/create complete +Distribution/g)).toHaveLength(1)
    expect(err).toContain('tintype check https://d1.cloudfront.net')
    expect(out).toMatch(/^Url +https:\/\/d1\.cloudfront\.net$/m)
    expect(code).toBe(0)
    expect([...s3.objects.keys()].map((key) => key.replace(/[0-9a-f]{64}/, 'SHA'))).toEqual([
      `${codeBucket}/tintype/x86_64/5ha-x64.zip`,
      `${codeBucket}/tintype/template/SHA.json`,
    ])
    expect([...(cloud.stacks.get('tintype')?.now?.parameters ?? [])]).toEqual(
      expect.arrayContaining([
        ['CodeBucket', codeBucket],
        ['CodeKey', 'tintype/x86_64/5ha-x64.zip'],
        ['Memory', '2048'],
        ['AlarmEmail', 'me@example.org'],
        ['Entry', 'function-url'],
      ]),
    )
    expect(cloud.stacks.get('tintype-code')?.status).toBe('CREATE_COMPLETE')
  })

  test('a second time finds nothing to change and sends nothing; a third changes what is said, and keeps the rest', async () => {
    await deploy('--yes', '--set', 'AlarmEmail=me@example.org')
    const puts = s3.requests.filter(({ method }) => method === 'PUT').length
    cloud.throttled = 2
    const again = await deploy('--yes', '--json')
    expect(JSON.parse(again.out)).toMatchObject({ result: 'unchanged', changes: [], outputs: { OriginalsBucket: 'originals' } })
    expect(s3.requests.filter(({ method }) => method === 'PUT')).toHaveLength(puts)
    expect(again.code).toBe(0)

    const third = await deploy('--yes', '--set', 'Memory=3008', '--json')
    expect(JSON.parse(third.out)).toMatchObject({
      result: 'deployed',
      changes: [{ action: 'change', resource: 'Function', replaced: 'perhaps replaced' }],
    })
    const { parameters } = cloud.stacks.get('tintype')?.now ?? { parameters: new Map() }
    expect([parameters.get('Memory'), parameters.get('AlarmEmail')]).toEqual(['3008', 'me@example.org'])
    const asked = cloud.calls.findLast(({ action }) => action === 'CreateChangeSet')?.input
    expect(asked?.get('RollbackConfiguration.RollbackTriggers.member.2.Arn')).toBe('arn:two')
  })

  test('says why AWS rolled back: the first that failed by itself, not what was cancelled', async () => {
    await deploy('--yes')
    cloud.failing.set('Function', 'Unzipped size must be smaller than 262144000 bytes')
    writeFileSync(
      join(folder, 'template.json'),
      JSON.stringify({
        ...template,
        Resources: { ...template.Resources, Results: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'results', Tags: [] } } },
      }),
    )
    const { code, err } = await deploy('--yes', '--set', 'Memory=4096')
    expect(err).toMatch(/update failed +Function +.*\n +Unzipped size must be smaller/)
    expect(err).toMatch(/^tintype: It was rolled back\. It began with Function: Unzipped size must be smaller than 262144000 bytes$/m)
    expect(code).toBe(1)
    expect(cloud.stacks.get('tintype')?.status).toBe('UPDATE_ROLLBACK_COMPLETE')
  })

  test('removes what a failed first try left, and begins anew', async () => {
    cloud.failing.set('Function', 'No.')
    expect((await deploy('--yes')).code).toBe(1)
    cloud.failing.clear()
    const dry = await deploy('--dry-run')
    expect(dry).toMatchObject({ code: 1, err: expect.stringContaining('ROLLBACK_COMPLETE') })
    expect(await deploy('--yes')).toMatchObject({
      code: 0,
      err: expect.stringMatching(/delete complete +tintype[\s\S]*create complete +tintype/),
    })
  })

  test('a dry run shows the changes and leaves no trace in CloudFormation', async () => {
    const { code, err } = await deploy('--dry-run')
    expect(err).toMatch(/^ {2}add +Function/m)
    expect(code).toBe(0)
    expect(cloud.calls.filter(({ action }) => action === 'ExecuteChangeSet')).toHaveLength(1) // of the bucket
    expect(cloud.stacks.get('tintype')?.status).toBe('DELETE_COMPLETE')
  })

  test.each([
    [['--yes', '--set', 'Memry=2048'], /no parameter "Memry"\.\n +Did you mean Memory\?/],
    [['--yes', '--set', 'Memory=20'], /Memory: expected a number 512 to 10240, got "20"/],
    [['--yes', '--set', 'Memory'], /Expected Parameter=Value, got "Memory"/],
    [['--yes', '--set', 'AlarmEmail=me'], /AlarmEmail: expected an address, or nothing, got "me"/],
    [['--yes', '--entry', 'rest'], /Entry: expected function-url or rest-api, got "rest"/],
    [['--yes', '--set', 'Memory=2048', 'Memory=2049'], /Memory is given twice/],
    [['--yes', '--region', 'europe'], /--region: expected a region such as eu-central-1, got "europe"/],
    [['--yes', '--stage', 'a b'], /expected letters, digits and dashes, got "tintype-a b"/],
    [[], /There is no terminal at which to ask\.\n +Say --yes/],
  ])('%j is refused before AWS is asked', async (more, message) => {
    const { code, err } = await deploy(...more)
    expect(err).toMatch(message)
    expect(code).toBe(2)
    expect(cloud.calls).toEqual([])
  })

  test('a dry run sends the template, which CloudFormation must read, and no code', async () => {
    expect((await deploy('--dry-run')).code).toBe(0)
    expect([...s3.objects.keys()]).toEqual([expect.stringMatching(/\/tintype\/template\//)])
  })

  test('stopped while CloudFormation looks, leaves no stack in review behind', async () => {
    await deploy('--yes', '--stage', 'first') // and with it the bucket
    const before = cloud.calls.length
    const going = deploy('--yes')
    await vi.waitFor(() => expect(actions().slice(before)).toContain('DescribeChangeSet'), { timeout: 20_000, interval: 1 })
    process.emit('SIGINT')
    const { code, err } = await going
    expect(code).toBe(130)
    expect(err).toContain('Stopped. Nothing was changed.')
    expect(cloud.stacks.get('tintype')?.status).toBe('DELETE_COMPLETE')
    expect(actions().slice(before)).toContain('DeleteChangeSet')
  })

  test('says so when another is at it', async () => {
    await deploy('--yes')
    const stack = cloud.stacks.get('tintype')
    if (stack !== undefined) stack.status = 'UPDATE_IN_PROGRESS'
    expect(await deploy('--yes')).toMatchObject({ code: 1, err: expect.stringContaining('is being changed: UPDATE_IN_PROGRESS') })
  })

  test('Ctrl-C leaves AWS at work and says how to follow it', async () => {
    await deploy('--yes', '--stage', 'first') // and with it the bucket
    cloud.held = true
    const going = deploy('--yes')
    await vi.waitFor(() => expect(cloud.stacks.get('tintype')?.status).toBe('CREATE_IN_PROGRESS'), 20_000)
    process.emit('SIGINT')
    expect(await going).toMatchObject({
      code: 130,
      err: expect.stringContaining('describe-stack-events --stack-name tintype --region eu-central-1'),
    })
  })
})

describe('destroy', { timeout: 30_000 }, () => {
  test('empties the results, removes the stack, and leaves the originals', async () => {
    await deploy('--yes', '--stage', 'staging')
    const object = { body: Buffer.from('x'), headers: {}, metadata: {}, etag: '"x"', lastModified: new Date() }
    for (const key of ['results/a', 'results/b c']) s3.objects.set(key, object)
    const { code, err } = await tintype('destroy', '--stage', 'staging', '--yes')
    expect(err).toMatch(/stays +s3:\/\/originals with your originals/)
    expect(err).toMatch(/stays +s3:\/\/tintype-code-123456789012-eu-central-1 with the code/)
    expect(err).toMatch(/delete skipped +Originals/)
    expect(err).toMatch(/Gone\. Your originals lie in s3:\/\/originals as before\./)
    expect(code).toBe(0)
    expect([...s3.objects.keys()].filter((key) => key.startsWith('results/'))).toEqual([])
    expect(cloud.stacks.get('tintype-staging')?.status).toBe('DELETE_COMPLETE')
    expect(await tintype('destroy', '--stage', 'staging', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no stack tintype-staging'),
    })
  })

  test('does nothing unasked, and says what could not be removed', async () => {
    await deploy('--yes')
    expect(await tintype('destroy')).toMatchObject({ code: 2, err: expect.stringContaining('no terminal') })
    expect(actions()).not.toContain('DeleteStack')
    cloud.failing.set('Distribution', 'The distribution is in use.')
    expect(await tintype('destroy', '--yes', '--json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Distribution: The distribution is in use.'),
    })
  })
})
