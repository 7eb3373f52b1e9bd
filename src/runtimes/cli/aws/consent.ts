import { confirm, isCancel, text } from '@clack/prompts'
import { type Context, Misuse } from '../command.ts'
import { Interrupted } from './interrupt.ts'

/** Asks for a yes; `true` at once where it was given on the command line. Where nobody can be asked, a `Misuse`. */
export async function consent(question: string, yes: boolean | undefined, context: Context, signal: AbortSignal): Promise<boolean> {
  if (yes === true) return true
  needTerminal(context)
  const said = await confirm({ message: question, initialValue: false, output: process.stderr, signal })
  if (isCancel(said)) throw new Interrupted('asked')
  return said
}

/** Asks for a name to be typed, for what cannot be undone. */
export async function typed(
  question: string,
  name: string,
  yes: boolean | undefined,
  context: Context,
  signal: AbortSignal,
): Promise<boolean> {
  if (yes === true) return true
  needTerminal(context)
  const said = await text({ message: question, placeholder: name, output: process.stderr, signal })
  if (isCancel(said)) throw new Interrupted('asked')
  return said === name
}

/** A question that nobody reads would wait for ever. */
export function needTerminal({ err }: Context): void {
  if (err.terminal && process.stdin.isTTY) return
  throw new Misuse('There is no terminal at which to ask.', 'Say --yes when it shall be done.')
}
