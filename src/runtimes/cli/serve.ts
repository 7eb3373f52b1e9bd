import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type Composed, compose } from '../../compose.ts'
import { cacheFolder } from '../../config/places.ts'
import type { Settings } from '../../config/read.ts'
import { startProblem } from '../../config/start.ts'
import { exampleKeys, keyPath } from '../../service/example-keys.ts'
import { signNative } from '../../sign.ts'
import { letHeapGrow } from '../heap-growth.ts'
import type { Place } from '../listeners/messages.ts'
import { serveTogether } from '../listeners/primary.ts'
import { renderShare } from '../listeners/share.ts'
import { type Sibling, siblingHere } from '../listeners/sibling.ts'
import { type Listening, listen } from '../node.ts'
import { stopOnSignals } from '../stop-signals.ts'
import { type Context, command, Misuse } from './command.ts'
import { isSampleFolder, largeSample, prepareSamples, sampleCopy } from './samples.ts'
import { settingsFor } from './settings.ts'

export const serve = command({
  doc: 'Serves the pictures of a folder, or of the sources in the settings.',
  usage: '[FOLDER]',
  args: { root: { type: 'positional', required: false, description: 'The folder that holds the originals.' } },
  settings: true,
  examples: ['tintype ./photos', 'tintype serve ./photos --port 9000 --limit-source-pixels 100000000'],
  async run({ root }, context) {
    letHeapGrow(200)
    const given = root === undefined ? undefined : await folderOf(root, context)
    const cache = given !== undefined && (await isSampleFolder(given)) ? await cacheOf(context) : undefined
    const folder = cache === undefined ? given : sampleCopy(cache)
    const { settings } = await settingsFor(context, folder === undefined ? {} : { 'source-file-root': folder })
    const { file, http, s3 } = settings.source
    const some = file.root ?? http.base ?? s3.bucket ?? settings.sources[0]
    if (some === undefined && !http.any && http.allow.length === 0 && !settings.demo) {
      throw new Misuse('There is nothing to serve.', 'Name the folder that holds the pictures: tintype ./photos')
    }
    const problem = startProblem(settings)
    if (problem !== undefined) throw problem
    const { listeners } = settings.server
    const sibling = siblingHere(listeners)
    if (sibling === undefined && listeners > 1) return serveTogether(listeners, context.err.line)
    const greets = sibling === undefined || sibling.place.first
    const samples = cache !== undefined && greets ? await prepareSamples(cache) : undefined
    const { composed, server } = await open(settings, sibling)
    const begin = stopOnSignals(async () => {
      if (sibling === undefined) context.err.line('Stopping: what was asked is still answered.') // else the primary says so
      await server.close()
      await composed.close()
    })
    const { service, counts = async () => [] } = composed
    sibling?.serve({ forget: (name) => service.forget(name, AbortSignal.timeout(30_000)), counts, stop: begin })
    if (greets) await greet(server.url, settings, context)
    if (samples !== undefined) void samples.drawn.then((drawn) => tellOfLargeSample(drawn, server.url, settings, context))
    return 0 // and the server goes on
  },
})

async function open(
  settings: Settings,
  sibling: Sibling | undefined,
): Promise<{ readonly composed: Composed; readonly server: Listening }> {
  const shared = sibling === undefined ? settings : sharedSettings(settings, sibling.place)
  const composed = await compose(shared, { listens: true, ...(sibling === undefined ? {} : { siblings: sibling }) })
  const { upload } = settings
  const bodySeconds = upload.enabled ? upload.seconds : 0
  const server = await listen(composed.service, { ...shared.server, bodySeconds }).catch(async (thrown: unknown) => {
    await composed.close()
    throw thrown
  })
  return { composed, server }
}

/** Connections that the primary has taken when all are told to stop reach a serving process within this time, and are answered. */
const handOverSeconds = 0.3

/** The part of the whole that one of several serving processes has, and the port where the others listen. */
function sharedSettings(settings: Settings, { index, port = settings.server.port }: Place): Settings {
  const { server } = settings
  const render = renderShare(settings.render, index, server.listeners, availableParallelism())
  return { ...settings, server: { ...server, port, lagSeconds: Math.max(server.lagSeconds, handOverSeconds) }, render }
}

async function folderOf(root: string, { folder }: Context): Promise<string> {
  const path = resolve(folder, root)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true) return path
  throw new Misuse(
    found === undefined ? `There is no folder "${root}".` : `"${root}" is no folder.`,
    'Name the folder that holds the pictures: tintype ./photos',
  )
}

async function cacheOf(context: Context): Promise<string> {
  const { settings } = await settingsFor(context)
  return cacheFolder(settings, context.env)
}

/** What the first three examples ask for; together they show size, shape and colour. */
const wishes = ['w=600', 'w=400&h=400&fit=cover&g=auto', 'w=480&f=webp&sepia=80'] as const

/** On standard error: standard output belongs to the log. */
async function greet(url: string, settings: Settings, { err: { line, ink } }: Context): Promise<void> {
  line(`\n  ${ink('bold', 'Tintype')} answers at ${ink('cyan', url)}\n`)
  const { root } = settings.source.file
  const keys = root === undefined || settings.presetsOnly ? [] : await exampleKeys(root, wishes.length)
  const [first] = keys
  if (first === undefined) return
  for (const [index, wish] of wishes.entries()) {
    line(`  ${ink('underline', address(url, keys[index] ?? first, wish, settings))}`)
  }
  line('')
}

function tellOfLargeSample(drawn: boolean, url: string, settings: Settings, { err: { line, ink } }: Context): void {
  if (drawn) line(`  ${ink('dim', `24 megapixels: ${address(url, largeSample, 'w=600', settings)}`)}`)
  else line(`  ${ink('yellow', `${largeSample} could not be drawn; the other pictures are there.`)}`)
}

/** A URL that is answered: signed where that is needed. */
function address(url: string, key: string, query: string, { keys, ignored, server: { prefix } }: Settings): string {
  const whole = `${url.replace(/\/$/, '')}${keyPath(prefix, key)}?${query}`
  const [signer] = keys
  return signer === undefined ? whole : signNative(whole, signer, { prefix, ignored })
}
