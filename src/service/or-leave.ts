/** The end of `work`; or, as soon as the signal aborts, a rejection with its reason, whatever becomes of the work. Leaves no listener. */
export async function orLeave<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave: (() => void) | undefined
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        leave = () => reject(signal.reason)
        if (signal.aborted) leave()
        else signal.addEventListener('abort', leave, { once: true })
      }),
    ])
  } finally {
    if (leave !== undefined) signal.removeEventListener('abort', leave)
  }
}
