import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Frame, frameReader, printFrame, receiveFrames, sendParts } from './frames.ts'

const limits = { headBytes: 1000, bodies: 4, bodyBytes: 500 }

const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array))
const frame: fc.Arbitrary<Frame> = fc.record({
  head: fc.jsonValue({ maxDepth: 2 }).filter((value) => JSON.stringify(value).length < 500),
  bodies: fc.array(bytes, { maxLength: 4 }),
})

/** Cuts bytes into chunks at the given places, some of them empty. */
const cut = (whole: Buffer, places: readonly number[]): Buffer[] => {
  const edges = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge))
}

test('however the bytes are cut, the frames that were written are read, in their order', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 40 }), (frames, places) => {
      const whole = Buffer.concat(frames.flatMap((each) => printFrame(each, limits)))
      const read: Frame[] = []
      const reader = frameReader((each) => read.push(each), limits)
      for (const chunk of cut(whole, places)) reader(chunk)
      expect(read).toEqual(frames.map(({ head, bodies }) => ({ head: JSON.parse(JSON.stringify(head)), bodies })))
    }),
    { numRuns: 500 },
  )
})

test('a frame is handed out as soon as its last byte is there', () => {
  const read: Frame[] = []
  const reader = frameReader((each) => read.push(each))
  const whole = Buffer.concat(printFrame({ head: 1, bodies: [Buffer.from('abc'), Buffer.alloc(0)] }))
  reader(whole.subarray(0, -1))
  expect(read).toEqual([])
  reader(whole.subarray(-1))
  expect(read).toHaveLength(1)
})

test('first bodies are read into the memory that is given for them, the others into their own', () => {
  const memory = Buffer.alloc(10)
  const seen: Frame[] = []
  const read = frameReader(
    (frame) => seen.push(frame),
    limits,
    (length) => memory.subarray(0, length),
  )
  const bodies = ['first', 'second'].map((text) => Buffer.from(text))
  for (let times = 0; times < 2; times++) read(Buffer.concat(printFrame({ head: null, bodies })))
  expect(seen.map((frame) => frame.bodies.map(String))).toEqual([
    ['first', 'second'],
    ['first', 'second'],
  ])
  expect(seen.map((frame) => frame.bodies.map((body) => body.buffer === memory.buffer))).toEqual([
    [true, false],
    [true, false],
  ])
})

test('a body that is written is not copied, and one that is read keeps no memory but its own', () => {
  const body = Buffer.alloc(1000, 'x')
  const parts = printFrame({ head: {}, bodies: [body] })
  expect(parts[1]).toBe(body)
  const read: Frame[] = []
  frameReader((each) => read.push(each))(Buffer.concat([...parts, Buffer.alloc(4)]))
  expect(read[0]?.bodies[0]?.buffer.byteLength).toBe(1000)
})

test('past a limit nothing is written, and nothing is read', () => {
  const small = { headBytes: 20, bodies: 2, bodyBytes: 10 }
  const tooLarge: Frame[] = [
    { head: 'x'.repeat(20), bodies: [] },
    { head: 1, bodies: [Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0)] },
    { head: 1, bodies: [Buffer.alloc(6), Buffer.alloc(5)] },
  ]
  for (const each of tooLarge) {
    expect(() => printFrame(each, small)).toThrow(RangeError)
    const reader = frameReader(() => expect.unreachable(), small)
    expect(() => reader(Buffer.concat(printFrame(each)))).toThrow(RangeError)
  }
  expect(() => frameReader(() => {})(Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from('{')]))).toThrow(SyntaxError)
})

/** Both ends of a connection over loopback. */
async function pair(): Promise<[Socket, Socket, () => void]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const near = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  return [
    near,
    far,
    () => {
      for (const socket of [near, far]) socket.destroy()
      server.close()
    },
  ]
}

test('over a socket: large bodies arrive whole, and a frame past the limits closes it', async () => {
  const [near, far, end] = await pair()
  const bodies = [Buffer.alloc(3_000_000, 'abcdefg'), Buffer.from('z')]
  const arrived = new Promise<Frame>((resolve) => receiveFrames(far, resolve, { ...limits, bodyBytes: 3_000_001 }))
  sendParts(near, printFrame({ head: { hello: 'ä' }, bodies }))
  const { head, bodies: read } = await arrived
  expect(head).toEqual({ hello: 'ä' })
  expect(read.map((body, index) => body.equals(bodies[index] ?? Buffer.alloc(0)))).toEqual([true, true])
  const failed = once(far, 'error')
  sendParts(near, printFrame({ head: 2, bodies: [Buffer.alloc(3_000_002)] }))
  expect((await failed)[0]).toBeInstanceOf(RangeError)
  expect(far.destroyed).toBe(true)
  end()
})
