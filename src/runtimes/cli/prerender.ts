import type { Settings } from '../../config/read.ts'
import { openS3 } from '../../s3/client.ts'
import { presetTarget } from '../../sign.ts'
import { acceptOf } from '../lambda/folded.ts'
import { interruptedCode, interruptible } from './aws/interrupt.ts'
import { keysInMessage, messagesInCall, openQueue } from './aws/queue.ts'
import { type Context, command, json, Misuse } from './command.ts'
import { inBatches } from './in-batches.ts'
import { behind, type Keys, keysOfBucket, keysOfFile, keysOfWords } from './prerender-keys.ts'
import { openProgress } from './progress.ts'
import { settingsFor } from './settings.ts'
import { openWorkbench } from './workbench.ts'

/** A week: a queue of many millions takes its time. */
const longestSeconds = 7 * 86_400
/** Lines about single originals that wait for the end. */
const mostLate = 100
/** Calls of the queue, or originals, at once. */
const atOnce = 4

export const prerender = command({
  doc: 'Makes presets of many originals ahead of time: by the function behind a queue, or right here into the stores of the settings.',
  usage: 'KEYS… | --bucket BUCKET | --keys FILE [--queue URL] [--presets A,B]',
  args: {
    key: { type: 'positional', required: false, description: 'Keys of originals, as in a URL, decoded: cats/a.jpg.' },
    queue: { type: 'string', valueHint: 'URL', description: 'The queue of a stack: its function makes them, as many at once as it may.' },
    bucket: { type: 'string', valueHint: 'BUCKET', description: 'Every original in this bucket of a source.' },
    prefix: { type: 'string', valueHint: 'PREFIX', description: 'Of them, those whose names in the bucket begin so.' },
    keys: { type: 'string', valueHint: 'FILE', description: 'Every line of a file is a key; - reads standard input.' },
    presets: { type: 'string', valueHint: 'A,B', description: 'Which presets; else those of TINTYPE_AWS_PRERENDER.' },
    force: { type: 'boolean', description: 'Also those that are there.' },
    after: { type: 'string', valueHint: 'KEY', description: 'Begins behind this key: to go on where it stopped.' },
    json: { type: 'boolean', description: 'What was done, as JSON.' },
  },
  many: true,
  settings: true,
  examples: [
    'tintype prerender --bucket originals --queue https://sqs.eu-central-1.amazonaws.com/123456789012/tintype',
    'tintype prerender --keys keys.txt --presets thumb,card',
  ],
  async run({ _: words, queue, bucket, prefix, keys: file, presets, force, after, json: asJson }, context) {
    const { settings } = await settingsFor(context)
    const names = presets?.split(',').filter((name) => name !== '')
    const unknown = queue === undefined ? names?.find((name) => !Object.hasOwn(settings.presets, name)) : undefined
    if (unknown !== undefined) throw new Misuse(`--presets: there is no preset "${unknown}" in the settings.`)
    const ways = [words.length > 0, bucket !== undefined, file !== undefined].filter(Boolean).length
    if (ways !== 1) throw new Misuse('Say which originals in one way: by keys, by --bucket, or by --keys FILE.')
    if (prefix !== undefined && bucket === undefined) throw new Misuse('--prefix goes with --bucket.')
    if (force === true && queue === undefined) throw new Misuse('--force goes with --queue: here, what is fresh is never made again.')

    return interruptible(longestSeconds, async (signal) => {
      const from = openKeys({ words, bucket, prefix, file }, settings, context, signal)
      const keys = after === undefined ? from.keys : behind(from.keys, after, bucket !== undefined)
      const workshop = queue === undefined ? await openHere(settings, names, context) : await openThere(queue, { names, force })
      const total = words.length > 0 && after === undefined ? words.length : undefined
      const bar = openProgress(context.err, workshop.doing, total)
      let reached: string | undefined
      let count = 0
      const rest = (): string => (reached === undefined ? 'Nothing was done.' : `To go on: --after ${quoted(reached)}`)
      // A terminal's bar ends the program at Ctrl-C by itself.
      const left = (): void => {
        context.err.line(rest())
        process.exitCode = interruptedCode
      }
      process.once('exit', left)
      try {
        await inBatches(
          keys,
          workshop,
          (batch) => workshop.work(batch, signal),
          (done, last) => {
            count = done
            reached = last ?? reached
            bar.at(done)
          },
        )
        bar.end(`${workshop.doing}: ${count.toLocaleString('en')} originals, done.`)
        const report = workshop.report()
        context.out.line(asJson ? json({ originals: count, ...report.figures }) : report.text(count))
        return report.ok ? 0 : 1
      } catch (thrown) {
        bar.fail(`Stopped after ${count.toLocaleString('en')} originals.`)
        context.err.line(rest())
        if (signal.aborted) return interruptedCode
        throw thrown
      } finally {
        process.off('exit', left)
        await workshop.close()
        await from.close()
      }
    })
  },
})

type From = {
  readonly words: readonly string[]
  readonly bucket?: string | undefined
  readonly prefix?: string | undefined
  readonly file?: string | undefined
}

function openKeys(
  { words, bucket, prefix, file }: From,
  settings: Settings,
  { folder }: Context,
  signal: AbortSignal,
): { readonly keys: Keys; close(): Promise<void> } {
  const nothing = async (): Promise<void> => {}
  if (file !== undefined) return { keys: keysOfFile(file, folder), close: nothing }
  if (bucket === undefined) return { keys: keysOfWords(words), close: nothing }
  const { source, sources } = settings
  const places = [source.s3, ...sources.filter(({ kind }) => kind === 's3').map(({ options }) => options as typeof source.s3)]
  const place = places.find((each) => each.bucket === bucket || each.buckets.includes(bucket))
  if (place === undefined)
    throw new Misuse(`--bucket: no source of the settings has a bucket "${bucket}".`, 'Set TINTYPE_SOURCE_S3_BUCKET.')
  const s3 = openS3(place)
  return {
    keys: keysOfBucket(s3, settings, bucket, prefix ?? (place.bucket === bucket ? place.prefix : ''), signal),
    close: () => s3.close(),
  }
}

/** Where presets are made. */
type Workshop = {
  readonly doing: string
  readonly size: number
  readonly atOnce: number
  work(keys: readonly string[], signal: AbortSignal): Promise<void>
  report(): { readonly ok: boolean; readonly figures: Readonly<Record<string, number>>; text(originals: number): string }
  close(): Promise<void>
}

async function openThere(
  url: string,
  { names, force }: { readonly names: readonly string[] | undefined; readonly force: boolean | undefined },
): Promise<Workshop> {
  const queue = await openQueue(url, { ...(names === undefined ? {} : { presets: names }), ...(force === true ? { force } : {}) })
  return {
    doing: 'Sending',
    size: keysInMessage * messagesInCall,
    atOnce,
    work: (keys, signal) => queue.send(keys, signal),
    report: () => ({ ok: true, figures: {}, text: (originals) => `${originals} originals are in the queue.` }),
    close: async () => queue.close(),
  }
}

/** In this process, into whatever stores the settings name: for a server that shall not begin with empty hands. */
async function openHere(settings: Settings, names: readonly string[] | undefined, { err }: Context): Promise<Workshop> {
  const presets = names ?? settings.aws.prerender
  if (presets.length === 0) throw new Misuse('There are no presets to make.', 'Give --presets thumb,card, or set TINTYPE_AWS_PRERENDER.')
  const bench = await openWorkbench(settings, { store: true })
  let rendered = 0
  let failed = 0
  // A line between would break the bar of a terminal.
  const late: string[] = []
  const say = (text: string): void => {
    if (!err.terminal) err.line(text)
    else if (late.length < mostLate) late.push(text)
  }
  return {
    doing: 'Rendering',
    size: 1,
    atOnce,
    async work(keys, signal) {
      for (const key of keys) {
        for (const preset of presets) {
          for (const accepts of settings.aws.accepts) {
            const target = presetTarget(key, preset, bench.prefix)
            const { status, body } = await bench.service.handle({ method: 'GET', target, headers: { accept: acceptOf[accepts] }, signal })
            signal.throwIfAborted()
            if (status === 200) rendered += 1
            else {
              failed += 1
              say(`${key}, ${preset}: ${detailOf(body) ?? status}`)
            }
          }
        }
      }
    },
    report: () => ({
      ok: failed === 0,
      figures: { results: rendered, failed },
      text: (originals) => `${rendered} results of ${originals} originals; ${failed} failed.`,
    }),
    async close() {
      for (const text of late) err.line(text)
      await bench.close()
    },
  }
}

function detailOf(body: Buffer | undefined): string | undefined {
  try {
    return (JSON.parse(body?.toString('utf8') ?? '') as { readonly detail?: string }).detail
  } catch {
    return undefined // no problem details
  }
}

function quoted(key: string): string {
  return /^[\w./:-]+$/.test(key) ? key : `'${key.replaceAll("'", "'\\''")}'`
}
