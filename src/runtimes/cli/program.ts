import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ArgsDef, defineCommand, runCommand } from 'citty'
import { Failure } from '../../errors.ts'
import { clip } from '../../schema/field.ts'
import { nearest } from '../../schema/nearest.ts'
import { inkFor } from '../../service/ink.ts'
import { version } from '../../version.ts'
import { type Context, Failures, Misuse, type Printer, Trouble } from './command.ts'
import { type CommandName, commands, isCommand, loadCommand } from './commands.ts'
import { commonArgs, splitFlags } from './flags.ts'

/** What the program is given by the process it runs in. */
export type World = {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly stdout: Stream
  readonly stderr: Stream
}

type Stream = { readonly isTTY?: boolean; write(text: string): unknown }

/** Runs a command line. Exit code: 0 done, 1 something failed, 2 the command line or a setting is wrong. */
export async function program({ argv, env, folder, stdout, stderr }: World): Promise<number> {
  const out = printer(stdout, env)
  const err = printer(stderr, env)
  const debug = argv.includes('--debug')
  try {
    const [first = ''] = argv
    if (first === '--version' || first === '-v') {
      out.line(version)
      return 0
    }
    if (first === '--help' || first === '-h' || first === 'help') {
      const { programHelp } = await import('./help.ts')
      out.line(await programHelp(out.ink))
      return 0
    }
    const name = commandOf(first, folder)
    return await runOne(name, name === first ? argv.slice(1) : argv, { env, folder, out, err, debug })
  } catch (thrown) {
    return report(thrown, err, debug)
  }
}

async function runOne(name: CommandName, argv: readonly string[], context: Omit<Context, 'flags'>): Promise<number> {
  const found = await loadCommand(name)
  const beforeEnd = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  if (beforeEnd.includes('--help') || beforeEnd.includes('-h')) {
    const { commandHelp } = await import('./help.ts')
    context.out.line(commandHelp(name, found, context.out.ink))
    return 0
  }
  const settings = found.settings ? (await import('./setting-flags.ts')).settingFlags : new Map<string, boolean>()
  const { flags, own } = splitFlags(argv, found.args, settings, found.repeated)
  if (found.many !== true) refuseSurplus(own, found.args)
  const args: ArgsDef = { ...found.args, ...commonArgs }
  const made = defineCommand({
    meta: { name, description: found.doc },
    args,
    run: ({ args }) => found.run(args, { ...context, flags }),
  })
  const { result } = await runCommand(made, { rawArgs: [...own] })
  return typeof result === 'number' ? result : 0
}

/** A word that no argument takes may be a slip that matters: a folder with a space in its name, without quotes. */
function refuseSurplus(own: readonly string[], args: ArgsDef): void {
  const end = own.includes('--') ? own.indexOf('--') : own.length
  const words = [...own.slice(0, end).filter((word) => !word.startsWith('--')), ...own.slice(end + 1)]
  const surplus = words[Object.values(args).filter(({ type }) => type === 'positional').length]
  if (surplus !== undefined) throw new Misuse(`There is one word too many: "${clip(surplus)}".`)
}

/** `serve`, unless the first word is another command; a word that is nearly one, and no folder, is a slip. */
function commandOf(first: string, folder: string): CommandName {
  if (isCommand(first)) return first
  const near = nearest(first, Object.keys(commands))
  if (first !== '' && !first.startsWith('-') && near !== undefined && !existsSync(resolve(folder, first))) {
    throw new Misuse(`There is no command and no folder "${clip(first)}". Did you mean "${near}"?`)
  }
  return 'serve'
}

/** One line a failure, and how to mend it; where it came from only when debugging. */
function report(thrown: unknown, { line, ink }: Printer, debug: boolean): number {
  const tell = (message: string, hint: string | undefined): void => {
    line(`${ink('red', 'tintype:')} ${message}`)
    if (hint !== undefined) line(ink('dim', `  ${hint}`))
  }
  if (debug && thrown instanceof Error) line(thrown.stack ?? thrown.message)
  if (thrown instanceof Failures) {
    for (const failure of thrown.failures) tell(failure.message, failure.hint)
    return thrown.exitCode
  }
  if (thrown instanceof Failure) {
    tell(thrown.message, thrown.code === 'internal' && !debug ? 'Run it again with --debug to see where it came from.' : thrown.hint)
    return thrown.code === 'setting-invalid' || thrown.code === 'setting-unknown' ? 2 : 1
  }
  if (thrown instanceof Misuse) {
    tell(thrown.message, thrown.hint)
    return 2
  }
  if (thrown instanceof Trouble) {
    tell(thrown.message, thrown.hint)
    return 1
  }
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EARG') {
    tell(`${thrown.message}.`, 'See tintype COMMAND --help.')
    return 2
  }
  tell(
    thrown instanceof Error ? thrown.message : String(thrown),
    debug ? undefined : 'Run it again with --debug to see where it came from.',
  )
  return 1
}

function printer(stream: Stream, env: World['env']): Printer {
  return {
    ink: inkFor(stream, env),
    terminal: stream.isTTY === true,
    line: (text) => {
      stream.write(`${text}\n`)
    },
  }
}
