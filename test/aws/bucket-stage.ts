import { type ReadSettings, readSettings, type Settings } from '../../src/config/read.ts'
import { foldedPath } from '../../src/runtimes/lambda/folded.ts'
import { type Keeper, type KeptAnswer, keptInBucket } from '../../src/runtimes/lambda/kept-in-bucket.ts'
import { openS3 } from '../../src/s3/client.ts'
import type { S3 } from '../../src/s3/s3.ts'
import { type FakeS3, openFakeS3 } from '../fake-s3.ts'
import { openStage, type Stage, type Wishes } from '../service/stage.ts'

export const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

/** An instance of the function: a service of its own with a memory of its own, before the bucket that all of them share. */
export type Instance = Stage & {
  readonly keeper: Keeper
  /** Asks as CloudFront does, for the class of clients; waits until it is kept. */
  folded(target: string, classOfAsk?: string, more?: { method?: string; headers?: Record<string, string> }): Promise<Heard>
}
export type Heard = KeptAnswer['answer'] & { readonly kept: Awaited<KeptAnswer['kept']> }

export type BucketStage = {
  readonly fake: FakeS3
  readonly s3: S3
  readonly settings: Settings
  readonly lines: string[]
  instance(wishes?: Wishes): Promise<Instance>
  /** Keys in the result bucket. */
  keys(): readonly string[]
  close(): Promise<void>
}

/** A result bucket that checks signatures and lets nobody list who asks for a missing key, and instances before it. */
export async function openBucketStage(file: Record<string, unknown> = {}): Promise<BucketStage> {
  const fake = await openFakeS3({ ...account, buckets: ['results', 'originals'], missingIs403: true })
  const s3 = openS3({ ...account, region: 'us-east-1', endpoint: fake.url, pathStyle: true })
  const settings = settingsOf({ source: { s3: { bucket: 'originals' } }, aws: { resultBucket: 'results' }, ...file })
  const lines: string[] = []
  return {
    fake,
    s3,
    settings,
    lines,
    async instance(wishes = {}) {
      const { keys, presets, ignored } = settings
      const stage = await openStage({ access: { keys }, ...wishes, words: { presets, ignored, ...wishes.words } })
      const keeper = keptInBucket(stage.service, settings, { s3, write: (line) => lines.push(line) })
      return {
        ...stage,
        keeper,
        async folded(target, classOfAsk = 'none', { method = 'GET', headers = {} } = {}) {
          const path = foldedPath(target, classOfAsk)
          const signal = new AbortController().signal
          const { answer, kept } = await keeper({ method, target: path, headers: { ...headers, 'x-tintype-target': target }, signal })
          return { ...answer, kept: await kept }
        },
      }
    },
    keys: () => [...fake.objects.keys()].filter((name) => name.startsWith('results/')).map((name) => name.slice(8)),
    async close() {
      await s3.close()
      await fake.close()
    },
  }
}

export function settingsOf(file: Record<string, unknown>): Settings {
  const read: ReadSettings = readSettings({ file })
  if (read.kind === 'failures') throw new Error(read.failures.map(({ message }) => message).join('\n'))
  return read.settings
}
