import { crc32 } from 'node:zlib'
import type { Entry, Meta } from './store.ts'

/**
 * An entry as a file. Facts and body lie in one file, so that they can never disagree:
 *
 *     head   24 bytes   magic `TINT`, version, slot bytes, body bytes, checksum of the body, checksum of this head; u32 little endian
 *     slot   twice      turn, length, checksum of both and of the facts; then the facts as JSON, then zeros up to the slot's size
 *     body
 *
 * The slot with the higher turn counts. `touch` writes the other one in place, so a body need not be written again for new facts,
 * and a torn write leaves the older facts readable. All is checked when read: there is no fsync, power may fail.
 */
const magic = 0x544e4954
const version = 1
export const headBytes = 24
const slotHeadBytes = 12
const slotStep = 256

export type Head = { readonly slotBytes: number; readonly bodyBytes: number; readonly bodyChecksum: number }

/** All that stands before the body, which follows as it is. */
export function encodeFront(meta: Meta, body: Buffer): Buffer {
  const facts = Buffer.from(JSON.stringify(meta))
  // A little room, because facts grow by a validator or a date when they are renewed.
  const slotBytes = Math.ceil((slotHeadBytes + facts.length + slotStep / 4) / slotStep) * slotStep
  const front = Buffer.alloc(frontBytes(slotBytes))
  for (const [i, value] of [magic, version, slotBytes, body.length, crc32(body)].entries()) front.writeUInt32LE(value, i * 4)
  front.writeUInt32LE(crc32(front.subarray(0, headBytes - 4)), headBytes - 4)
  writeSlot(front.subarray(headBytes, headBytes + slotBytes), 1, facts)
  return front
}

/** The entry in a whole file, its body a slice of it; `undefined` when anything is not as it was written. */
export function decodeEntry(file: Buffer): Entry | undefined {
  const head = decodeHead(file)
  if (head === undefined || file.length !== frontBytes(head.slotBytes) + head.bodyBytes) return undefined
  const body = file.subarray(frontBytes(head.slotBytes))
  const meta = newestSlot(file, head.slotBytes)?.meta
  return meta === undefined || crc32(body) !== head.bodyChecksum ? undefined : { meta, body }
}

/** @param file  A file, or its beginning. */
export function decodeHead(file: Buffer): Head | undefined {
  if (file.length < headBytes) return undefined
  const [seenMagic, seenVersion, slotBytes = 0, bodyBytes = 0, bodyChecksum = 0, checksum] = words(file, 6)
  if (seenMagic !== magic || seenVersion !== version || checksum !== crc32(file.subarray(0, headBytes - 4))) return undefined
  return { slotBytes, bodyBytes, bodyChecksum }
}

/** Bytes before the body. */
export function frontBytes(slotBytes: number): number {
  return headBytes + 2 * slotBytes
}

/**
 * New facts for the slot that does not count now.
 * @param front  The file as far as its body.
 * @returns      What to write at which position; `too-large` when no slot takes them; `undefined` when the front is damaged.
 */
export function renewal(front: Buffer, meta: Meta): { readonly slot: Buffer; readonly position: number } | 'too-large' | undefined {
  const head = decodeHead(front)
  const newest = head === undefined ? undefined : newestSlot(front, head.slotBytes)
  if (head === undefined || newest === undefined) return undefined
  const facts = Buffer.from(JSON.stringify(meta))
  if (slotHeadBytes + facts.length > head.slotBytes) return 'too-large'
  const slot = Buffer.alloc(head.slotBytes)
  writeSlot(slot, newest.turn + 1, facts)
  return { slot, position: headBytes + (1 - newest.index) * head.slotBytes }
}

type Slot = { readonly index: number; readonly turn: number; readonly meta: Meta }

function newestSlot(file: Buffer, slotBytes: number): Slot | undefined {
  let newest: Slot | undefined
  for (const index of [0, 1]) {
    const start = headBytes + index * slotBytes
    const slot = readSlot(file.subarray(start, start + slotBytes), index)
    if (slot !== undefined && slot.turn > (newest?.turn ?? 0)) newest = slot
  }
  return newest
}

function readSlot(slot: Buffer, index: number): Slot | undefined {
  if (slot.length < slotHeadBytes) return undefined
  const [turn = 0, length = 0, checksum] = words(slot, 3)
  if (turn === 0 || length > slot.length - slotHeadBytes) return undefined
  const facts = slot.subarray(slotHeadBytes, slotHeadBytes + length)
  if (checksum !== slotChecksum(slot, facts)) return undefined
  try {
    return { index, turn, meta: JSON.parse(facts.toString()) as Meta }
  } catch {
    return undefined // the checksum is of 32 bits: garbage passes it once in four thousand million times
  }
}

function writeSlot(slot: Buffer, turn: number, facts: Buffer): void {
  slot.writeUInt32LE(turn, 0)
  slot.writeUInt32LE(facts.length, 4)
  slot.writeUInt32LE(slotChecksum(slot, facts), 8)
  facts.copy(slot, slotHeadBytes)
}

function slotChecksum(slot: Buffer, facts: Buffer): number {
  return crc32(facts, crc32(slot.subarray(0, 8)))
}

function words(bytes: Buffer, count: number): number[] {
  return Array.from({ length: count }, (_, i) => bytes.readUInt32LE(i * 4))
}
