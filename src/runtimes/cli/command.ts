import type { ArgsDef, ParsedArgs } from 'citty'
import type { Failure } from '../../errors.ts'
import type { Ink } from '../../service/ink.ts'

/** What a command is given beside its own arguments. */
export type Context = {
  /** Settings said as flags, names without dashes. */
  readonly flags: Readonly<Record<string, string | boolean>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder: string
  /** For what was asked: a program may read it. */
  readonly out: Printer
  /** For whoever watches: progress, warnings, failures. */
  readonly err: Printer
  readonly debug: boolean
}

export type Printer = { readonly ink: Ink; readonly terminal: boolean; line(text: string): void }

/** A sub-command: one file, one command. */
export type Command<A extends ArgsDef = ArgsDef> = {
  /** One sentence, for the help. */
  readonly doc: string
  /** Behind the name: `IN… OUT PARAMETERS`. */
  readonly usage: string
  readonly args: A
  /** Takes more words than `args` names. */
  readonly many?: true
  /** A flag that may come often; each of its values is one of these words: `--set A=1 --set B=2`. */
  readonly repeated?: string
  /** Takes every setting as a flag. */
  readonly settings: boolean
  /** Lines of the help, each a command line that works. */
  readonly examples?: readonly string[]
  /** Exit code: 0, or 1 when something failed. */
  run(args: ParsedArgs<A>, context: Context): Promise<number>
}

/** Keeps the types of the arguments while checking the shape. */
export function command<const A extends ArgsDef>(made: Command<A>): Command<A> {
  return made
}

/** The command line itself is wrong: exit code 2. */
export class Misuse extends Error {
  override readonly name = 'Misuse'
  readonly hint: string

  constructor(message: string, hint = 'See tintype --help.') {
    super(message)
    this.hint = hint
  }
}

/** Something outside went wrong, and there is more to say than a message: exit code 1. */
export class Trouble extends Error {
  override readonly name: string = 'Trouble'
  readonly hint: string | undefined

  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.hint = hint
  }
}

/** All that is wrong with the settings, at once. */
export class Failures extends Error {
  override readonly name = 'Failures'
  readonly failures: readonly Failure[]
  /** 2; 1 where a secret is among them, as where a start is unsafe: that is more than a slip. */
  readonly exitCode: 1 | 2

  constructor(failures: readonly Failure[], exitCode: 1 | 2) {
    super(failures.map((failure) => failure.message).join(' '))
    this.failures = failures
    this.exitCode = exitCode
  }
}

/** Every command prints JSON in the same form. */
export function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}
