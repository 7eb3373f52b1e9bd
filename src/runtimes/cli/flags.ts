import { parseArgs } from 'node:util'
import type { ArgDef, ArgsDef } from 'citty'
import { clip } from '../../schema/field.ts'
import { nearest } from '../../schema/nearest.ts'
import { Misuse } from './command.ts'

/** Flags of every command. */
export const commonArgs = {
  help: { type: 'boolean', alias: 'h', description: 'Tell what the command does and takes.' },
  debug: { type: 'boolean', description: 'Show where a failure came from.' },
} as const satisfies ArgsDef

/** The command line, divided: settings, and what is the command's own. */
export type Split = { readonly flags: Readonly<Record<string, string | boolean>>; readonly own: readonly string[] }

/**
 * Takes the settings out of a command line. `--name value`, `--name=value`, and for those that are a yes or no `--name` and `--no-name`.
 * A flag that is neither a setting nor the command's own is a `Misuse` that names the nearest, and so is one given twice or without a value.
 * @param settings  The flags that are settings, each with whether it may stand alone: `settingFlags`, or none.
 * @param repeated  The flag that may come often: its values are words like any other.
 */
export function splitFlags(argv: readonly string[], args: ArgsDef, settings: ReadonlyMap<string, boolean>, repeated?: string): Split {
  const own = new Map<string, boolean>()
  const all: ArgsDef = { ...commonArgs, ...args }
  for (const [name, arg] of Object.entries(all)) {
    if (arg.type !== 'positional') own.set(name, arg.type === 'boolean')
  }
  const alone = new Map([...settings, ...own])
  const types = Object.fromEntries([...alone].map(([name, single]) => [name, { type: single ? 'boolean' : 'string' } as const]))
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...types, help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  })
  const flags: Record<string, string | boolean> = {}
  const rest: string[] = []
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value)
    if (token.kind === 'option-terminator') rest.push('--')
    if (token.kind !== 'option') continue
    const no = token.rawName.startsWith('--no-') && !alone.has(token.name)
    const name = no ? token.name.slice(3) : token.name
    const single = alone.get(name)
    if (single === undefined || (no && !single)) throw unknown(token.rawName, alone.keys())
    if (seen.has(name) && name !== repeated) throw new Misuse(`--${name} is given twice.`)
    seen.add(name)
    const value = no ? false : (token.value ?? (single ? true : undefined))
    // `--host --port 80` forgot a value; a value that begins so can be given behind a sign of equality.
    if (value === undefined || (typeof value === 'string' && !token.inlineValue && /^-[^\d]/.test(value))) {
      throw new Misuse(`--${name}: expected a value.`)
    }
    if (!own.has(name)) flags[name] = value
    else if (name === repeated) rest.push(String(value))
    else rest.push(typeof value === 'boolean' ? `--${no ? 'no-' : ''}${name}` : `--${name}=${value}`)
  }
  return { flags, own: positionalsLast(rest) }
}

function unknown(rawName: string, names: Iterable<string>): Misuse {
  const candidates = [...names].map((name) => `--${name}`)
  const near = nearest(rawName, candidates)
  return new Misuse(`There is no flag ${clip(rawName)}.${near === undefined ? '' : ` Did you mean ${near}?`}`)
}

/** Flags first, so that no positional is taken for the value of a flag. */
function positionalsLast(rest: readonly string[]): readonly string[] {
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length
  const before = rest.slice(0, end)
  const isFlag = (text: string): boolean => text.startsWith('--')
  return [...before.filter(isFlag), ...before.filter((text) => !isFlag(text)), ...rest.slice(end)]
}

/** Is the argument shown with a value in the help? */
export function takesValue(arg: ArgDef): boolean {
  return arg.type === 'string' || arg.type === 'enum'
}
