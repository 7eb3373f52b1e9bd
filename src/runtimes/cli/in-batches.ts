/**
 * Works on batches of what comes, some at once. After the first failure nothing new is begun, and when what runs has ended it is thrown.
 * @param done  Told how many are done, and the last of those before which all are: where to go on after a stop.
 */
export async function inBatches<T>(
  all: AsyncIterable<T>,
  { size, atOnce }: { readonly size: number; readonly atOnce: number },
  work: (batch: readonly T[]) => Promise<void>,
  done: (count: number, last: T | undefined) => void,
): Promise<void> {
  const begun: { readonly batch: readonly T[]; ended: boolean }[] = []
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  let count = 0
  let last: T | undefined

  const begin = async (batch: readonly T[]): Promise<void> => {
    const own = { batch, ended: false }
    begun.push(own)
    const run = work(batch).then(
      () => {
        own.ended = true
        count += batch.length
        while (begun[0]?.ended === true) last = begun.shift()?.batch.at(-1)
        done(count, last)
      },
      (thrown: unknown) => void failures.push(thrown),
    )
    const tracked = run.finally(() => running.delete(tracked))
    running.add(tracked)
    if (running.size >= atOnce) await Promise.race(running)
  }

  try {
    let batch: T[] = []
    for await (const each of all) {
      if (failures.length > 0) break
      batch.push(each)
      if (batch.length < size) continue
      await begin(batch)
      batch = []
    }
    if (batch.length > 0 && failures.length === 0) await begin(batch)
  } finally {
    await Promise.all(running)
  }
  if (failures.length > 0) throw failures[0]
}
