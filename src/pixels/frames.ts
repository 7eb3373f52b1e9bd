import type { Duplex, Writable } from 'node:stream'
import type { Memory } from './read-memory.ts'

/** What crosses the socket between the service and a render process: a JSON value and some byte strings, in one piece. */
export type Frame = { readonly head: unknown; readonly bodies: readonly Buffer[] }

/** Limits of one frame, so that a process gone wrong cannot make the other allocate without end. Bytes, all bodies together. */
export const frameLimits = { headBytes: 4 * 2 ** 20, bodies: 1024, bodyBytes: 2 ** 30 }
export type FrameLimits = typeof frameLimits

/**
 * A frame as it is written: bytes of the head and number of bodies, then the length of each body, all uint32 big-endian; the head as JSON;
 * the bodies, which are not copied. Throws a RangeError past the limits.
 */
export function printFrame({ head, bodies }: Frame, limits: FrameLimits = frameLimits): readonly Buffer[] {
  const json = Buffer.from(JSON.stringify(head))
  const bodyBytes = bodies.reduce((sum, body) => sum + body.length, 0)
  check(json.length <= limits.headBytes && bodies.length <= limits.bodies && bodyBytes <= limits.bodyBytes)
  const start = Buffer.allocUnsafe(8 + 4 * bodies.length)
  start.writeUInt32BE(json.length, 0)
  start.writeUInt32BE(bodies.length, 4)
  for (const [index, body] of bodies.entries()) start.writeUInt32BE(body.length, 8 + 4 * index)
  return [Buffer.concat([start, json]), ...bodies.filter((body) => body.length > 0)]
}

function check(fits: boolean): void {
  if (!fits) throw new RangeError('A frame is larger than its limits.')
}

/** Writes a printed frame, with one system call where the socket takes it. The bodies must not change until they are written. */
export function sendParts(socket: Writable, parts: readonly Buffer[]): void {
  socket.cork()
  for (const part of parts) socket.write(part)
  socket.uncork()
}

/**
 * A reader of frames: give it the chunks as they come. Each body has memory of its own and of exactly its size, unless said otherwise: it is
 * filled as the chunks arrive, so that no chunk is kept and a small body pins nothing large. Throws a RangeError or SyntaxError at a frame
 * past the limits or with a head that is no JSON; the stream has no meaning from there on.
 * @param memory  Gives the memory that the first body of each frame is read into.
 */
export function frameReader(
  onFrame: (frame: Frame) => void,
  limits: FrameLimits = frameLimits,
  memory: Memory = ownMemory,
): (chunk: Buffer) => void {
  const buffers = wanted(onFrame, limits, memory)
  let target = buffers.next().value
  let filled = 0
  return (chunk) => {
    for (let at = 0; ; ) {
      const copied = chunk.copy(target, filled, at)
      at += copied
      filled += copied
      if (filled < target.length) return // else full, perhaps because it wanted nothing
      target = buffers.next().value
      filled = 0
    }
  }
}

/** Not from the shared pool: whoever keeps it keeps no more than it. */
const ownMemory: Memory = (length) => Buffer.allocUnsafeSlow(length)

/** The buffers to be filled, one after another; each is asked for when the one before is full. */
function* wanted(onFrame: (frame: Frame) => void, limits: FrameLimits, memory: Memory): Generator<Buffer, never, void> {
  for (;;) {
    const sizes = Buffer.allocUnsafe(8)
    yield sizes
    const headBytes = sizes.readUInt32BE(0)
    const count = sizes.readUInt32BE(4)
    check(headBytes <= limits.headBytes && count <= limits.bodies)
    const lengths = Buffer.allocUnsafe(4 * count)
    yield lengths
    const bytes = Array.from({ length: count }, (_, index) => lengths.readUInt32BE(4 * index))
    check(bytes.reduce((sum, each) => sum + each, 0) <= limits.bodyBytes)
    const json = Buffer.allocUnsafe(headBytes)
    yield json
    const head: unknown = JSON.parse(json.toString())
    const bodies: Buffer[] = []
    for (const each of bytes) {
      const body = bodies.length === 0 ? memory(each) : ownMemory(each)
      yield body
      bodies.push(body)
    }
    onFrame({ head, bodies })
  }
}

/** Reads frames off a socket; whatever is no frame, or past the limits, closes it. */
export function receiveFrames(socket: Duplex, onFrame: (frame: Frame) => void, limits?: FrameLimits, memory?: Memory): void {
  const read = frameReader(onFrame, limits, memory)
  socket.on('data', (chunk: Buffer) => {
    if (socket.destroyed) return
    try {
      read(chunk)
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  })
}
