/** Bytes that may lie about, outside JavaScript's own memory, before it is swept. */
const sweepBytes = 32 * 2 ** 20

/**
 * Sweeps the memory of buffers that nobody needs any more: JavaScript sees of an original or of decoded pixels a small object, and lets tens of
 * megabytes lie until it has small objects enough. Needs `--expose-gc`; does nothing without.
 * @returns  To be told of bytes that have had their day. Some milliseconds for each 32 MiB.
 */
export function giveBack(sweep: (() => void) | undefined = (globalThis as { gc?: () => void }).gc): (bytes: number) => void {
  let lying = 0
  return (bytes) => {
    lying += bytes
    if (lying < sweepBytes) return
    lying = 0
    sweep?.()
  }
}
