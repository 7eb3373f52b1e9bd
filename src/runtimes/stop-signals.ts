/** What a program can be told to stop with. */
const stopSignals = ['SIGTERM', 'SIGINT'] as const

/** The part of a process that is needed here; given by tests. */
export type Stoppable = {
  on(signal: (typeof stopSignals)[number], listener: () => void): unknown
  exit(code: number): void
}

/**
 * Ends the process in order when it is told to: the first SIGTERM or SIGINT starts `stop`, and the process exits with 0 when that is done,
 * with 1 when it fails; a second signal exits with 1 at once, for who cannot wait.
 * @returns  Does what the first signal does, for who is told in another way; nothing when the process is stopping already.
 */
export function stopOnSignals(stop: () => Promise<void>, self: Stoppable = process): () => void {
  let stopping = false
  const begin = (): void => {
    if (stopping) return
    stopping = true
    stop().then(
      () => self.exit(0),
      () => self.exit(1),
    )
  }
  for (const signal of stopSignals) self.on(signal, () => (stopping ? self.exit(1) : begin()))
  return begin
}
