import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { messagesOf } from '../../src/runtimes/cli/aws/queue.ts'
import { inBatches } from '../../src/runtimes/cli/in-batches.ts'
import { program } from '../../src/runtimes/cli/program.ts'
import { type FakeS3, openFakeS3 } from '../fake-s3.ts'
import { type FakeSqs, openFakeSqs } from './fake-sqs.ts'

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
let folder: string
let sqs: FakeSqs
let s3: FakeS3

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-prerender-'))
  s3 = await openFakeS3({ ...account, buckets: ['originals'] })
  vi.stubEnv('AWS_ACCESS_KEY_ID', account.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', account.secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', '')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.url)
})
beforeEach(async () => {
  sqs = await openFakeSqs()
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', new URL(sqs.url).origin)
  return () => sqs.close()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await s3.close()
  await rm(folder, { recursive: true, force: true })
})

async function tintype(argv: readonly string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await program({
    argv: ['prerender', ...argv],
    env: { XDG_CACHE_HOME: join(folder, 'cache'), TINTYPE_SOURCE_S3_BUCKET: 'originals', ...env },
    folder,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  })
  return { code, out, err }
}

type Message = { readonly tintype: number; readonly keys: readonly string[]; readonly presets?: readonly string[]; readonly force?: true }
const messages = (): readonly Message[] => sqs.bodies.map((body) => JSON.parse(body) as Message)
const sent = (): readonly string[] => messages().flatMap(({ keys }) => keys)

function fill(names: readonly string[]): void {
  s3.objects.clear()
  const object = { body: Buffer.from('x'), headers: {}, metadata: {}, etag: '"e"', lastModified: new Date() }
  for (const name of names) s3.objects.set(`originals/${name}`, object)
}

describe('filling a queue', () => {
  it('sends every original of a bucket, once, in full messages and calls', async () => {
    const names = Array.from({ length: 1234 }, (_, at) => `in/${String(at).padStart(4, '0')} ä+.jpg`)
    fill([...names, 'in/', 'in/folder/', 'out/other.jpg'])
    const { code, out } = await tintype(['--bucket', 'originals', '--queue', sqs.url], { TINTYPE_SOURCE_S3_PREFIX: 'in/' })
    expect([code, out]).toEqual([0, '1234 originals are in the queue.\n'])
    expect(sent().toSorted()).toEqual(names.map((name) => name.slice(3)))
    expect(sqs.calls).toEqual([10, 10, 10, 10, 10])
    expect(messages().every(({ tintype, presets, force }) => tintype === 1 && presets === undefined && force === undefined)).toBe(true)
  })

  it('says presets and force', async () => {
    expect((await tintype(['a.jpg', 'b c.jpg', '--queue', sqs.url, '--presets', 'thumb,card', '--force'])).code).toBe(0)
    expect(messages()).toEqual([{ tintype: 1, keys: ['a.jpg', 'b c.jpg'], presets: ['thumb', 'card'], force: true }])
  })

  it('reads keys from a file, and goes on behind one', async () => {
    await writeFile(join(folder, 'keys.txt'), 'a.jpg\r\n\nb.jpg\nc.jpg\nä b.jpg')
    const { out } = await tintype(['--keys', 'keys.txt', '--after', 'b.jpg', '--queue', sqs.url, '--json'])
    expect(JSON.parse(out)).toEqual({ originals: 2 })
    expect(sent()).toEqual(['c.jpg', 'ä b.jpg'])
  })

  it('goes on in a bucket where it stopped, though that original is gone', async () => {
    fill(['a.jpg', 'c.jpg', 'd.jpg'])
    await tintype(['--bucket', 'originals', '--after', 'b.jpg', '--queue', sqs.url])
    expect(sent()).toEqual(['c.jpg', 'd.jpg'])
  })

  it('sends again what was not taken, and that alone', async () => {
    sqs.refusals.push({ count: 2, mine: false }, { count: 1, mine: false })
    const keys = Array.from({ length: 100 }, (_, at) => `${at}.jpg`)
    expect((await tintype([...keys, '--queue', sqs.url])).code).toBe(0)
    expect(sqs.calls).toEqual([4, 2, 1])
    expect(sent().toSorted()).toEqual(keys.toSorted())
  })

  it('stops at what will never be taken, and says where to go on', async () => {
    const keys = Array.from({ length: 600 }, (_, at) => `${at} x.jpg`)
    await writeFile(join(folder, 'many.txt'), keys.join('\n'))
    sqs.refusals.push({ count: 0, mine: false }, { count: 1, mine: true })
    const { code, err } = await tintype(['--keys', 'many.txt', '--queue', sqs.url])
    expect(code).toBe(1)
    expect(err).toContain("To go on: --after '249 x.jpg'")
    expect(err).toContain('It could not be taken')
  })

  it('stops at Ctrl-C, and says where to go on', async () => {
    const keys = Array.from({ length: 3000 }, (_, at) => `${at}.jpg`)
    await writeFile(join(folder, 'many.txt'), keys.join('\n'))
    sqs.onCall = () => {
      if (sqs.calls.length === 6) process.emit('SIGINT')
    }
    const { code, err } = await tintype(['--keys', 'many.txt', '--queue', sqs.url])
    expect(code).toBe(130)
    const [, last = ''] = /--after (\d+)\.jpg/.exec(err) ?? []
    const arrived = new Set(sent())
    // Nothing before that key is missing; what lies behind may have arrived, and costs one look when it comes again.
    for (let at = 0; at <= Number(last); at++) expect(arrived.has(`${at}.jpg`)).toBe(true)
    expect(arrived.size).toBeLessThan(3000)
  })

  it.each([
    [['--queue', 'QUEUE'], /one way/],
    [['a.jpg', '--bucket', 'originals', '--queue', 'QUEUE'], /one way/],
    [['a.jpg', '--queue', 'tintype'], /--queue: expected the URL/],
    [['--bucket', 'other', '--queue', 'QUEUE'], /no source .* bucket "other"/],
    [['--keys', 'none.txt', '--queue', 'QUEUE'], /none\.txt" cannot be read/],
    [['--keys', 'keys.txt', '--after', 'z.jpg', '--queue', 'QUEUE'], /"z\.jpg" is none of the keys/],
    [['a.jpg', '--prefix', 'x', '--queue', 'QUEUE'], /--prefix goes with --bucket/],
    [['a.jpg', '--force'], /--force goes with --queue/],
    [['a.jpg'], /no presets to make/],
    [['a.jpg', '--presets', 'none'], /no preset "none"/],
  ])('refuses %j', async (argv, why) => {
    await writeFile(join(folder, 'keys.txt'), 'a.jpg\n')
    const { code, err } = await tintype(argv.map((word) => (word === 'QUEUE' ? sqs.url : word)))
    expect([code, sqs.bodies]).toEqual([2, []])
    expect(err).toMatch(why)
  })
})

describe('without a queue', () => {
  it('makes presets here, into the stores of the settings', async () => {
    const originals = await mkdtemp(join(folder, 'originals-'))
    await copyFile(new URL('../../samples/logo.png', import.meta.url), join(originals, 'a b.png'))
    const cache = join(folder, 'results')
    const env = {
      TINTYPE_SOURCE_FILE_ROOT: originals,
      TINTYPE_STORE_DISK_FOLDER: cache,
      TINTYPE_PRESETS: JSON.stringify({ thumb: 'w=20', card: 'w=30' }),
      TINTYPE_AWS_ACCEPTS: 'none,webp',
    }
    const done = await tintype(['a b.png', 'none.png', '--presets', 'thumb,card'], env)
    expect([done.code, done.out]).toEqual([1, '4 results of 2 originals; 4 failed.\n'])
    expect(done.err).toContain('none.png, thumb: There is no original')
    expect((await readdir(cache, { recursive: true })).length).toBeGreaterThan(4)
  })
})

describe('messages', () => {
  it('hold 25 keys, fewer of long ones, and none is lost', () => {
    const keys = Array.from({ length: 60 }, (_, at) => `${at}`)
    expect(messagesOf(keys).map((each) => each.length)).toEqual([25, 25, 10])
    const long = Array.from({ length: 40 }, (_, at) => `${at}${'"'.repeat(900)}`)
    expect(messagesOf(long).flat()).toEqual(long)
    for (const message of messagesOf(long)) expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(20_100)
    expect(messagesOf([])).toEqual([])
  })
})

describe('batches', () => {
  async function* numbers(count: number): AsyncIterable<number> {
    for (let at = 0; at < count; at++) yield at
  }

  it('tell how far everything is done, whatever ends first', async () => {
    const told: (readonly [number, number | undefined])[] = []
    const waits = [30, 1, 10, 1]
    await inBatches(
      numbers(8),
      { size: 2, atOnce: 4 },
      ([first = 0]) => new Promise((resolve) => setTimeout(resolve, waits[first / 2])),
      (count, last) => told.push([count, last]),
    )
    expect(told.map(([count]) => count)).toEqual([2, 4, 6, 8])
    expect(told.map(([, last]) => last)).toEqual([undefined, undefined, undefined, 7])
  })

  it('never run more than so many at once, and stop at the first failure', async () => {
    let [running, most, begun] = [0, 0, 0]
    const work = async ([first = 0]: readonly number[]): Promise<void> => {
      begun += 1
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running -= 1
      if (first === 10) throw new Error('the eleventh')
    }
    await expect(inBatches(numbers(1000), { size: 1, atOnce: 3 }, work, () => {})).rejects.toThrow('the eleventh')
    expect([most, running]).toEqual([3, 0])
    expect(begun).toBeLessThan(20)
  })
})
