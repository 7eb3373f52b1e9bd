/** Gives memory for so many bytes. */
export type Memory = (length: number) => Buffer

/** Most originals are smaller. */
const mostBytes = 8 * 2 ** 20
/** Zeros behind an original: a decoder that reads too far shall not find another one there. */
const behindBytes = 4096

/**
 * Memory that one original after another is read into: new memory for each would be found page by page, and swept behind every few. For one reader,
 * who is done with an original before the next is read.
 */
export class ReadMemory {
  #bytes: Buffer | undefined

  /**
   * @param length  Bytes that are needed.
   * @returns       So many, which the next call overwrites; where they are more than 8 MiB, memory of their own.
   */
  take(length: number): Buffer {
    if (length > mostBytes) return Buffer.allocUnsafeSlow(length)
    this.#bytes ??= Buffer.allocUnsafeSlow(mostBytes + behindBytes) // the system gives the pages that are written to
    this.#bytes.fill(0, length, length + behindBytes)
    return this.#bytes.subarray(0, length)
  }

  /** Will the next `take` overwrite these bytes? */
  lends(bytes: Buffer): boolean {
    return bytes.buffer === this.#bytes?.buffer
  }

  /** Leaves what was taken to whoever still reads it: the next call takes new memory. */
  letGo(): void {
    this.#bytes = undefined
  }
}
