import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BucketStage, type Instance, openBucketStage } from '../../../test/aws/bucket-stage.ts'
import { latch, until } from '../../../test/service/stage.ts'
import { Failure } from '../../errors.ts'
import { signNative } from '../../sign.ts'
import { handleEvent } from './events.ts'
import { foldedPath } from './folded.ts'
import type { Report } from './prerender.ts'

const key = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'
let stage: BucketStage
let worker: Instance
let remaining: number

async function open(file: Record<string, unknown> = {}): Promise<void> {
  stage = await openBucketStage({
    source: { s3: { bucket: 'originals', prefix: 'in/', buckets: ['more'] } },
    sources: { photos: { kind: 's3', bucket: 'pictures' } },
    presets: { thumb: 'w=100', card: 'w=640&fit=cover' },
    aws: { resultBucket: 'results', prerender: ['thumb', 'card'], accepts: ['avif-webp', 'none'] },
    ...file,
  })
  worker = await stage.instance()
  worker.source.put('a b+c.jpg', 'one')
  worker.source.put('b.jpg', 'two')
}
beforeEach(async () => {
  remaining = 60_000
  await open()
})
afterEach(() => stage.close())

async function work(event: unknown, by = worker): Promise<unknown> {
  const { service, keeper } = by
  const tools = {
    service,
    settings: stage.settings,
    answer: keeper,
    remaining: () => remaining,
    write: (line: string) => stage.lines.push(line),
  }
  return handleEvent(event, tools, new AbortController().signal)
}

const sample = (name: string): Record<string, never> =>
  JSON.parse(readFileSync(new URL(`../../../test/vectors/aws-events/${name}.json`, import.meta.url), 'utf8'))

function notification(object: string, { bucket = 'originals', eTag = 'v1', name = 'ObjectCreated:Put' } = {}): { Records: unknown[] } {
  return {
    Records: [{ eventSource: 'aws:s3', eventName: name, s3: { bucket: { name: bucket }, object: { key: object, eTag, sequencer: '01' } } }],
  }
}

function bridged(object: string, { type = 'Object Created', etag = 'v1' } = {}): unknown {
  return { version: '0', source: 'aws.s3', 'detail-type': type, detail: { bucket: { name: 'originals' }, object: { key: object, etag } } }
}

const queue = (...bodies: unknown[]): unknown => ({
  Records: bodies.map((body, at) => ({
    eventSource: 'aws:sqs',
    messageId: `m${at}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
})

const results = (): readonly string[] => stage.keys().filter((name) => !name.startsWith('.'))
const pathsOf = (target: string): readonly string[] => ['avif-webp', 'none'].map((each) => foldedPath(target, each).slice(1))
const presetsOf = (path: string): readonly string[] => ['thumb', 'card'].flatMap((preset) => pathsOf(`${path}?preset=${preset}`))
const sorted = (names: readonly string[]): readonly string[] => names.toSorted()

describe('an original that is new', () => {
  it.each([
    ['a notification, whose keys are those of forms', () => notification('in/a+b%2Bc.jpg')],
    ['EventBridge, whose keys are as they are', () => bridged('in/a b+c.jpg')],
    ['SQS around a notification', () => queue(notification('in/a+b%2Bc.jpg'))],
    ['SQS around SNS', () => queue({ Type: 'Notification', Message: JSON.stringify(notification('in/a+b%2Bc.jpg')) })],
    ['SQS around EventBridge', () => queue(bridged('in/a b+c.jpg'))],
  ])('is made in every preset for every class: %s', async (_what, event) => {
    await work(event())
    expect(sorted(results())).toEqual(sorted(presetsOf('/i/a%20b%2Bc.jpg')))
    expect(stage.lines).toEqual([])
  })

  it('is found by the first viewer', async () => {
    await work(notification('in/b.jpg'))
    const { rendered } = worker.renderer
    expect((await worker.folded('/i/b.jpg?preset=thumb', 'avif-webp')).headers.etag).toBe(
      stage.fake.objects.get(`results/${pathsOf('/i/b.jpg?preset=thumb')[0]}`)?.etag,
    )
    expect(worker.renderer.rendered).toBe(rendered)
  })

  it('costs nothing when its event comes twice', async () => {
    await work(notification('in/b.jpg'))
    const kept = results()
    const { rendered } = worker.renderer
    const other = await stage.instance()
    other.source.put('b.jpg', 'two')
    for (const event of [notification('in/b.jpg'), bridged('in/b.jpg'), notification('in/b.jpg', { eTag: '"v1"' })]) {
      expect(await work(event, other)).toMatchObject({ purged: 0, rendered: 0, present: 4 })
    }
    expect([other.renderer.rendered, worker.renderer.rendered, results()]).toEqual([0, rendered, kept])
  })

  it('replaces what was made of the one before, presets and all else', async () => {
    await work(notification('in/b.jpg'))
    await worker.folded('/i/b.jpg?w=7')
    const old = stage.fake.objects.get(`results/${presetsOf('/i/b.jpg')[0]}`)?.etag
    worker.source.put('b.jpg', 'changed')
    expect(await work(notification('in/b.jpg', { eTag: 'v2' }))).toMatchObject({ purged: 5, rendered: 4 })
    expect(sorted(results())).toEqual(sorted(presetsOf('/i/b.jpg')))
    expect(stage.fake.objects.get(`results/${presetsOf('/i/b.jpg')[0]}`)?.etag).not.toBe(old)
  })

  it('is purged again where the purge did not come to its end', async () => {
    await work(notification('in/b.jpg'))
    worker.source.put('b.jpg', 'changed')
    // The mark is put, and then nothing more: as when the instance is taken away.
    const name = worker.service.nameOf('b.jpg')
    const mark = stage.fake.objects.get(`results/.purged/${name}`)
    if (mark === undefined) throw new Error('There is no mark.')
    stage.fake.objects.set(`results/.purged/${name}`, { ...mark, metadata: { ...mark.metadata, version: 'v2', done: 'no' } })
    expect(await work(notification('in/b.jpg', { eTag: 'v2' }))).toMatchObject({ purged: 4, rendered: 4 })
  })

  it('in a source with a name is made under that name', async () => {
    await work(notification('b.jpg', { bucket: 'pictures' }))
    expect(sorted(results())).toEqual(sorted(presetsOf('/i/photos:b.jpg')))
  })

  it('is made with signatures where URLs are signed', async () => {
    await stage.close()
    await open({ keys: [key] })
    await work(notification('in/b.jpg'))
    const signed = ['thumb', 'card'].map((preset) => signNative(`/i/b.jpg?preset=${preset}`, key, { canonical: true }))
    expect(sorted(results())).toEqual(sorted(signed.flatMap(pathsOf)))
  })
})

describe('an original that is gone', () => {
  it.each([
    ['a notification', () => notification('in/b.jpg', { name: 'ObjectRemoved:Delete' })],
    ['its lifecycle', () => notification('in/b.jpg', { name: 'LifecycleExpiration:Delete' })],
    ['EventBridge', () => bridged('in/b.jpg', { type: 'Object Deleted' })],
  ])('takes all that was made of it along: %s', async (_what, event) => {
    await work(notification('in/b.jpg'))
    const { rendered } = worker.renderer
    expect(await work(event())).toMatchObject({ purged: 4, rendered: 0 })
    expect(results()).toEqual([])
    expect(worker.renderer.rendered).toBe(rendered)
    // And when it is back as it was, it is made again.
    expect(await work(notification('in/b.jpg'))).toMatchObject({ rendered: 4 })
  })
})

describe('nothing is done about', () => {
  it.each([
    ['results', () => notification('i/b.jpg/none.0', { bucket: 'results' })],
    ['buckets that are not ours', () => sample('s3-object-created')],
    ['what lies beside the prefix', () => notification('out/b.jpg')],
    ['tags', () => notification('in/b.jpg', { name: 'ObjectTagging:Put' })],
    ['other events of EventBridge', () => bridged('in/b.jpg', { type: 'Object Tags Added' })],
    ['the test with which S3 begins', () => ({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'originals' })],
    ['EventBridge from elsewhere', () => sample('s3-eventbridge-object-created')],
  ])('%s', async (_what, event) => {
    expect(await work(event())).toMatchObject({ purged: 0, rendered: 0, refused: [], failed: [] })
    expect(stage.keys()).toEqual([])
    expect(worker.source.asked).toEqual([])
  })
})

it.each([
  [{}],
  [null],
  ['x'],
  [[]],
  [{ Records: [] }],
  [{ operation: 'ping' }],
  [{ Records: [{ eventSource: 'aws:dynamodb' }] }],
  [{ keys: ['a'] }],
])('is no event of these: %j', async (event) => expect(await work(event)).toBeUndefined())

describe('a batch', () => {
  it('gives back what may work next time, and nothing else', async () => {
    const batch = queue(
      { tintype: 1, keys: ['b.jpg'], presets: ['thumb'] },
      { tintype: 1, keys: ['none.jpg', 'b.jpg'] },
      'no JSON',
      { tintype: 1, keys: 'b.jpg' },
      { tintype: 1, keys: ['b.jpg'], presets: ['unknown'] },
      (sample('sqs-s3-object-created').Records as unknown as { body: string }[])[0]?.body,
    )
    expect(await work(batch)).toEqual({ batchItemFailures: [] })
    expect(results()).toHaveLength(4)
    const told = stage.lines.map((line) => JSON.parse(line) as { key?: string; code?: string; messageId?: string })
    expect(told).toContainEqual(expect.objectContaining({ key: 'none.jpg', code: 'original-missing' }))
    expect(told).toContainEqual(expect.objectContaining({ key: 'b.jpg', code: 'preset-unknown' }))
    expect(told.filter(({ messageId }) => messageId !== undefined).map(({ messageId }) => messageId)).toEqual(['m2', 'm3'])
    // A missing original is missing in each preset: it is asked for once.
    expect(worker.source.asked.filter(({ key }) => key === 'none.jpg')).toHaveLength(1)
  })

  it('gives back what an origin that fails was needed for', async () => {
    worker.source.failing = new Failure('origin-unreachable', 'It is away.')
    const batch = queue({ tintype: 1, keys: ['b.jpg'] }, { tintype: 1, keys: [] })
    expect(await work(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    await expect(work(notification('in/b.jpg'))).rejects.toThrow('origin-unreachable')
  })

  it('gives back what could not be kept', async () => {
    stage.fake.account = { ...stage.fake.account, secretAccessKey: 'changed' }
    expect(await work(queue({ tintype: 1, keys: ['b.jpg'], force: true }))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
  })

  it('gives back what was purged while it was made, and makes it with the next try', async () => {
    const name = worker.service.nameOf('b.jpg') as string
    const wait = latch()
    worker.renderer.before = wait.promise
    const first = work(queue({ tintype: 1, keys: ['b.jpg'], presets: ['thumb'] }))
    await until(() => worker.renderer.rendered === 1)
    await (await stage.instance()).keeper.bucket?.purge(name, 'new', new AbortController().signal)
    wait.open()
    expect(await first).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    expect(await work(queue({ tintype: 1, keys: ['b.jpg'], presets: ['thumb'] }))).toEqual({ batchItemFailures: [] })
    expect(sorted(results())).toEqual(sorted(pathsOf('/i/b.jpg?preset=thumb')))
  })

  it('begins nothing when there is no time left, and gives it back', async () => {
    remaining = 4000
    const messages = [1, 2, 3].map(() => ({ tintype: 1, keys: ['b.jpg'] }))
    expect(await work(queue(...messages))).toEqual({
      batchItemFailures: ['m0', 'm1', 'm2'].map((itemIdentifier) => ({ itemIdentifier })),
    })
    expect(worker.source.asked).toEqual([])
  })

  it('skips what is there, unless it is to be made anew', async () => {
    await work(queue({ tintype: 1, keys: ['b.jpg'] }))
    const { rendered } = worker.renderer
    const fresh = await stage.instance()
    fresh.source.put('b.jpg', 'two')
    await work(queue({ tintype: 1, keys: ['b.jpg'] }), fresh)
    expect([rendered, fresh.renderer.rendered]).toEqual([4, 0])
    await work(queue({ tintype: 1, keys: ['b.jpg'], force: true }), fresh)
    expect(fresh.renderer.rendered).toBe(4)
  })
})

describe('a direct invocation', () => {
  it('purges', async () => {
    await work(notification('in/b.jpg'))
    expect(await work({ operation: 'purge', key: 'b.jpg' })).toMatchObject({ purged: 4 })
    expect(results()).toEqual([])
    expect(await work({ operation: 'purge', key: 'nowhere:b.jpg' })).toMatchObject({ purged: 0, refused: [{ code: 'source-unknown' }] })
  })

  it('makes presets, and is told what failed', async () => {
    const report = (await work({ operation: 'prerender', keys: ['b.jpg', 'none.jpg'], presets: ['card'] })) as Report
    expect(report).toMatchObject({ rendered: 2, refused: [{ key: 'none.jpg', preset: 'card', code: 'original-missing' }], failed: [] })
    worker.source.failing = new Failure('source-timeout', 'It is slow.')
    const late = await work({ operation: 'prerender', keys: ['a b+c.jpg'], presets: ['thumb'] })
    expect(late).toMatchObject({ failed: [{ code: 'source-timeout' }, { code: 'source-timeout' }] })
  })
})
