import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { resolve } from 'node:path'
import { cacheFolder } from '../../config/places.ts'
import { Failure } from '../../errors.ts'
import { keyPath } from '../../service/example-keys.ts'
import { type Context, command, json, Misuse } from './command.ts'
import { isSampleFolder, sampleCopy } from './samples.ts'
import { settingsFor } from './settings.ts'
import { openWorkbench } from './workbench.ts'

export const purge = command({
  doc: 'Removes every result and copy of an original, from the cache on this machine or from a running service.',
  usage: 'KEY [FOLDER] [--url ADDRESS]',
  args: {
    key: { type: 'positional', required: true, description: 'As in a URL, decoded: cat.jpg, photos:cat.jpg, https://host/cat.jpg.' },
    root: { type: 'positional', required: false, description: 'The folder that is served, when no setting names it.' },
    url: { type: 'string', valueHint: 'ADDRESS', description: 'A running service, whose memory is purged too: http://localhost:8080.' },
    token: { type: 'string', valueHint: 'TOKEN', description: 'Its purge token; else that of the settings.' },
    json: { type: 'boolean', description: 'As JSON.' },
  },
  settings: true,
  examples: ['tintype purge cat.jpg ./photos', 'TINTYPE_PURGE_TOKEN=… tintype purge cat.jpg --url http://localhost:8080'],
  async run({ key, root, url, token, json: asJson }, context) {
    const { settings } = await settingsFor(context, root === undefined ? {} : { 'source-file-root': await servedFolder(root, context) })
    let purged: number
    if (url === undefined) {
      const bench = await openWorkbench(settings, { store: true })
      try {
        purged = await bench.service.purge(key, AbortSignal.timeout(60_000))
      } finally {
        await bench.close()
      }
    } else {
      const bearer = token ?? settings.purgeToken
      if (bearer === undefined)
        throw new Misuse('A running service purges only with its token.', 'Give --token, or set TINTYPE_PURGE_TOKEN.')
      purged = await purgeAt(url, `${keyPath(settings.server.prefix, key)}`, bearer)
    }
    context.out.line(asJson ? json({ key, purged }) : `${purged} removed.`)
    return 0
  },
})

/** The folder that `serve` serves for this one: results of each folder are kept apart. */
async function servedFolder(root: string, context: Context): Promise<string> {
  const path = resolve(context.folder, root)
  return (await isSampleFolder(path)) ? sampleCopy(cacheFolder((await settingsFor(context)).settings, context.env)) : path
}

/** Sends the DELETE to the service that the operator names: no original is fetched here, and nobody else chooses the address. */
async function purgeAt(address: string, path: string, token: string): Promise<number> {
  const base = URL.canParse(address) ? new URL(address) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new Misuse(`--url: expected an address such as http://localhost:8080, got "${address}".`)
  }
  const send = base.protocol === 'https:' ? requestHttps : requestHttp
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    const sent = send(base.origin + path, { method: 'DELETE', headers, signal: AbortSignal.timeout(60_000) }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        if (text.length < 100_000) text += piece
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      answer.on('error', reject)
    })
    sent.on('error', (cause) =>
      reject(new Failure('origin-unreachable', `${base.origin} could not be reached: ${cause.message}.`, { cause })),
    )
    sent.end()
  })
  const said = parse(text)
  if (status === 200 && typeof said.purged === 'number') return said.purged
  throw new Failure(
    status === 403 ? 'token-wrong' : 'origin-failed',
    `${base.origin} answered ${status}: ${String(said.detail ?? 'nothing of use')}`,
  )
}

function parse(text: string): { readonly purged?: unknown; readonly detail?: unknown } {
  try {
    return JSON.parse(text) as { readonly purged?: unknown; readonly detail?: unknown }
  } catch {
    return {} // not ours
  }
}
