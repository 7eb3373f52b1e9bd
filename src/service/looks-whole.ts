import { open } from 'node:fs/promises'

/** How much is read at either end. Cameras and phones write notes of their own behind a picture. */
const peekBytes = 65_536

/**
 * Does a file begin as a picture that is shown, and end as one? A look at its two ends, for a file that is offered unasked: an upload that
 * broke off and a page of text named `.jpg` do not, but what lies between may still be damaged. A file that cannot be read does not.
 */
export async function looksWhole(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    const { size } = await file.stat()
    const length = Math.min(size, peekBytes)
    const head = (await file.read(Buffer.alloc(length), 0, length, 0)).buffer
    const tail = (await file.read(Buffer.alloc(length), 0, length, size - length)).buffer
    return wholeBetween(head, tail, size)
  } catch {
    return false
  } finally {
    await file.close()
  }
}

function wholeBetween(head: Buffer, tail: Buffer, size: number): boolean {
  const text = head.toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return tail.lastIndexOf('\xff\xd9', undefined, 'latin1') > 1
  if (text.startsWith('\x89PNG\r\n')) return tail.includes('IEND')
  if (/^GIF8[79]a/.test(text)) return /;\0*$/.test(tail.toString('latin1'))
  if (/^RIFF....WEBP/s.test(text)) return head.readUInt32LE(4) + 8 <= size
  if (/^....ftypavi[fs]/s.test(text) || /^(?:II\*\0|MM\0\*)/.test(text)) return true
  return /<(?:\w+:)?svg[\s>]/.test(text) && /<\/(?:\w+:)?svg\s*>/.test(tail.toString('latin1'))
}
