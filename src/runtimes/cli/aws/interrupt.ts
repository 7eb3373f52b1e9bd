/** The user pressed Ctrl-C, or the time is over. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly why: 'asked' | 'late'

  constructor(why: 'asked' | 'late') {
    super(why === 'asked' ? 'Stopped.' : 'The time is over.')
    this.why = why
  }
}

/** Exit code of a program that Ctrl-C ended. */
export const interruptedCode = 130

/**
 * Runs a task with a signal that aborts with `Interrupted` at Ctrl-C and when the time is over. A second Ctrl-C ends the program as ever.
 */
export async function interruptible<T>(seconds: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = (): void => controller.abort(new Interrupted('asked'))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const timer = setTimeout(() => controller.abort(new Interrupted('late')), seconds * 1000)
  try {
    return await task(controller.signal)
  } finally {
    clearTimeout(timer)
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
