import { mkdir, realpath, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, relative } from 'node:path'
import { progress } from '@clack/prompts'
import { Failure, type FailureCode } from '../../errors.ts'
import { printBytes } from '../../service/ink.ts'
import { type Context, command, json, Misuse } from './command.ts'
import { filesOf, formatOf, resultPath, type Target, targetOf } from './render-files.ts'
import { settingsFor } from './settings.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

/** What became of one file. */
type Outcome = {
  readonly input: string
  readonly output?: string
  readonly bytes?: number
  readonly code?: string
  readonly error?: string
}

export const render = command({
  doc: 'Renders files: the same pictures as the service makes, without a server.',
  usage: 'IN… OUT PARAMETERS',
  args: {
    in: { type: 'positional', description: 'Files, or patterns such as "photos/**/*.jpg".' },
    out: { type: 'positional', description: 'A file for one picture, or a folder; an ending of the file chooses the format.' },
    parameters: { type: 'positional', description: 'As in a URL: "w=300&f=webp".' },
    json: { type: 'boolean', description: 'One JSON object about all files.' },
  },
  many: true,
  settings: true,
  examples: ['tintype render cat.jpg cat.webp w=300', 'tintype render "photos/*.jpg" out/ "w=600&h=400&fit=cover&f=avif"'],
  async run(args, context) {
    const words = args._
    const parameters = (words.at(-1) ?? '').replace(/^\?/, '')
    // One word too few, and a file would be taken for parameters.
    if (words.length < 3 || !/^$|^[\w-]+(?:=|&|$)/.test(parameters))
      throw new Misuse(`Expected files, where they go, and parameters like "w=300", got "${words.at(-1)}" last.`)
    const files = await filesOf(words.slice(0, -2), context.folder)
    const target = await targetOf(words.at(-2) ?? '', context.folder, files.length)
    const outcomes = await renderAll(files, target, parameters, context, args.json !== true)
    const failed = outcomes.filter(({ error }) => error !== undefined)
    if (args.json) context.out.line(json({ rendered: outcomes.length - failed.length, failed: failed.length, files: outcomes }))
    else
      context.err.line(
        `${outcomes.length - failed.length} rendered${failed.length > 0 ? `, ${context.err.ink('red', `${failed.length} failed`)}` : ''}.`,
      )
    return failed.length > 0 ? 1 : 0
  },
})

/** Every file in its turn; one that fails is told and passed over. */
async function renderAll(
  files: readonly string[],
  target: Target,
  parameters: string,
  context: Context,
  tell: boolean,
): Promise<Outcome[]> {
  const { settings } = await settingsFor(context)
  const { line, ink, terminal } = context.err
  const bar = tell && terminal && files.length > 1 ? progress({ max: files.length, output: process.stderr }) : undefined
  bar?.start('Rendering')
  if (bar !== undefined) process.once('exit', interrupted)
  // A line between would break the bar.
  const late: string[] = []
  const say = bar === undefined ? line : (text: string): unknown => late.push(text)
  const outcomes: Outcome[] = []
  let bench: { readonly root: string; readonly live: Workbench } | undefined
  const taken = new Map<string, string>()
  try {
    for (const input of files) {
      const shown = relative(context.folder, input)
      try {
        const path = await realpath(input).catch((cause: unknown) => {
          throw new Failure('original-missing', 'There is no such file.', { cause })
        })
        const root = dirname(path)
        if (bench?.root !== root) {
          await bench?.live.close()
          bench = { root, live: await openWorkbench(settings, { root }) }
        }
        const { bytes, extension } = await renderOne(bench.live, basename(path), parameters, target)
        const output = resultPath(target, input, extension)
        const other = taken.get(output)
        if (other !== undefined) throw new Failure('parameter-conflict', `Its result has the name of that of ${other}.`)
        taken.set(output, shown)
        await write(output, bytes)
        outcomes.push({ input: shown, output: relative(context.folder, output), bytes: bytes.length })
        if (tell && bar === undefined) line(`${shown} -> ${relative(context.folder, output)} ${ink('dim', printBytes(bytes.length))}`)
      } catch (thrown) {
        // A parameter that is wrong is wrong for all of them.
        if (thrown instanceof Failure && /^(?:parameter|preset|url)-(?:unknown|invalid|repeated|malformed)$/.test(thrown.code))
          throw new Misuse(thrown.message, thrown.hint)
        const code = thrown instanceof Failure ? thrown.code : 'internal'
        const error = thrown instanceof Error ? thrown.message : String(thrown)
        outcomes.push({ input: shown, code, error })
        if (tell) say(`${ink('red', 'tintype:')} ${shown}: ${error}`)
      }
      bar?.advance(1, shown)
    }
  } finally {
    bar?.stop('Rendered')
    process.off('exit', interrupted)
    for (const text of late) line(text)
    await bench?.live.close()
  }
  return outcomes
}

/** The bar answers Ctrl-C by a plain exit, which would say that all went well, and wait for the picture that is being made. */
function interrupted(): void {
  process.exitCode = 130
  if (process.stdin.isTTY) process.stdin.setRawMode(false)
  process.removeAllListeners('SIGINT')
  process.kill(process.pid, 'SIGINT')
}

async function renderOne(
  { service, prefix }: Workbench,
  name: string,
  parameters: string,
  target: Target,
): Promise<{ bytes: Buffer; extension: string }> {
  const format = target.kind === 'file' && !/(?:^|&)(?:f|format|fm)=/.test(parameters) ? formatOf(target.path) : undefined
  const query = [parameters, ...(format === undefined ? [] : [`f=${format}`])].filter((part) => part !== '').join('&')
  const url = `${prefix}/${encodeURIComponent(name)}${query === '' ? '' : `?${query}`}`
  const answer = await service.handle({ method: 'GET', target: url, headers: {}, signal: new AbortController().signal })
  const body = answer.body ?? Buffer.alloc(0)
  const type = answer.headers['content-type'] ?? ''
  const [, subtype = ''] = /^image\/([a-z]+)/.exec(type) ?? []
  const extension = type === 'application/json' ? 'json' : subtype === 'jpeg' ? 'jpg' : subtype === 'tiff' ? 'tif' : subtype
  if (answer.status === 200) return { bytes: body, extension }
  const { code, detail } = JSON.parse(body.toString()) as { readonly code: FailureCode; readonly detail: string }
  throw new Failure(code, detail)
}

/** Whole or not at all: whoever looks never sees half a picture. */
async function write(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const started = `${path}.${process.pid}.part`
  await writeFile(started, bytes)
  await rename(started, path)
}
