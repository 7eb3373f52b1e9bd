import { resolve } from 'node:path'
import { Failure } from '../../errors.ts'
import { command, Misuse } from './command.ts'
import { settingsFor } from './settings.ts'
import { openWorkbench } from './workbench.ts'

/** The parts of an explanation that are shown to a person. */
type Explained = {
  readonly key: string
  readonly dialect: string
  readonly canonical: string
  readonly result: {
    readonly width: number
    readonly height: number
    readonly frames: number
    readonly format: string
    readonly alpha: boolean
  }
  readonly original: Readonly<Record<string, unknown>> & { readonly width: number; readonly height: number; readonly format: string }
  readonly plan: { readonly passes: readonly { readonly kind: string; readonly ops?: readonly { readonly op: string }[] }[] }
  readonly kept: { readonly original: string; readonly result: string; readonly engine: string }
}

export const explain = command({
  doc: 'Tells what a URL asks for and what would be done, without making the picture.',
  usage: 'URL [FOLDER]',
  args: {
    url: { type: 'positional', required: true, description: 'Whole, or from its path on, in any dialect; signatures are not looked at.' },
    root: { type: 'positional', required: false, description: 'The folder with the originals, when no setting names it.' },
    accept: { type: 'string', valueHint: 'TYPES', description: 'The Accept header of the client: image/avif,image/webp.' },
    json: { type: 'boolean', description: 'All of it, as JSON.' },
  },
  settings: true,
  examples: ['tintype explain "/i/landscape.jpg?w=300&h=300&fit=cover" samples'],
  async run({ url, root, accept, json: asJson }, context) {
    const { settings } = await settingsFor(context, root === undefined ? {} : { 'source-file-root': resolve(context.folder, root) })
    const target = targetOf(url)
    const bench = await openWorkbench(settings, { explain: true })
    try {
      const headers = { accept: accept ?? 'image/avif,image/webp' }
      const answer = await bench.service.handle({ method: 'GET', target, headers, signal: AbortSignal.timeout(60_000) })
      const text = answer.body?.toString() ?? ''
      if (answer.status !== 200 || answer.headers['content-type'] !== 'application/json') throw problemOf(text)
      if (asJson) context.out.line(text.trimEnd())
      else for (const line of summary(JSON.parse(text) as Explained)) context.out.line(line)
      return 0
    } finally {
      await bench.close()
    }
  },
})

/** From the path on, as it stands: a URL parser would change it. */
function targetOf(url: string): string {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '')
  if (!target.startsWith('/'))
    throw new Misuse(`Expected a URL or its path, got "${url}".`, 'For instance: tintype explain "/i/cat.jpg?w=300".')
  return target
}

/** The failure that the service answered with. */
function problemOf(text: string): Error {
  try {
    const { code, detail } = JSON.parse(text) as { readonly code: Failure['code']; readonly detail: string }
    return new Failure(code, detail)
  } catch {
    return new Failure('not-found', 'The URL asks for no picture.')
  }
}

function summary({ key, dialect, canonical, result, original, plan, kept }: Explained): string[] {
  const passes = plan.passes.map(({ kind, ops }) => (ops === undefined ? kind : ops.map(({ op }) => op).join(' ')))
  const frames = result.frames > 1 ? `, ${result.frames} frames` : ''
  return [
    `key       ${key}`,
    `dialect   ${dialect}`,
    `recipe    ${canonical}`,
    `original  ${original.width} x ${original.height} ${original.format}`,
    `result    ${result.width} x ${result.height} ${result.format}${result.alpha ? ', with alpha' : ''}${frames}`,
    ...passes.map((pass, index) => `pass ${index + 1}    ${pass}`),
    `kept as   ${kept.original}/${kept.result}`,
  ]
}
