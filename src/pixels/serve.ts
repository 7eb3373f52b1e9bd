import { Socket, type SocketConstructorOpts } from 'node:net'
import { Worker } from 'node:worker_threads'
import { Failure, toFailure } from '../errors.ts'
import { type Frame, frameLimits, printFrame, receiveFrames, sendParts } from './frames.ts'
import { giveBack } from './give-back.ts'
import { isHere, readHere } from './in-file.ts'
import { looksLikeSvg } from './looks-like-svg.ts'
import { type Memory, ReadMemory } from './read-memory.ts'
import type { HoldingRenderer, ReadJob, Rendered, Renderer } from './renderer.ts'
import { type Ask, type LevelFigures, printFailure, type Reply } from './wire.ts'

/**
 * The socket to the process that started this one; with it this process lives and ends. Call it first, before anything slow is loaded.
 * Ctrl-C reaches the whole group of processes: whether work is finished is for the parent to decide, so signals to stop are passed over.
 */
export function attachToParent(): Socket {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  // Originals are large: they are read by hundreds of kB into the same memory, from which the reader of frames takes them at once.
  const onread = {
    buffer: Buffer.allocUnsafeSlow(512 * 1024),
    callback: (length: number, buffer: Uint8Array): boolean => {
      socket.emit('data', Buffer.from(buffer.buffer, buffer.byteOffset, length))
      return true
    },
  }
  // `onread` with an `fd` works as it does with a port; only its types know it there alone.
  const socket: Socket = new Socket({ fd: 3, onread } as SocketConstructorOpts)
  for (const event of ['end', 'close', 'error']) socket.on(event, endNow)
  return socket
}

/** `process.exit` would wait for libuv's threads, that is for the decoder that may be the trouble. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** Says hello, then answers what is asked, one at a time in the order of asking. */
export function serveRenderer(socket: Socket, renderer: Served): void {
  let last: Promise<void> = Promise.resolve()
  const spent = giveBack()
  // One for all: whoever asks waits for the whole answer before it asks again (`run` of a render process), also where an original is passed on.
  const memory = new ReadMemory()
  const take = (length: number): Buffer => memory.take(length)
  const receive = (frame: Frame): void => {
    last = last.then(async () => {
      const ask = frame.head as Ask
      if (ask.kind === 'forget') return renderer.forget(ask.name)
      const { originals, complete } = originalsOf(ask, frame.bodies, take)
      const reply = complete
        ? await answer(renderer, ask, originals, frame.bodies[0]).catch((error: unknown) => failed(toFailure(error)))
        : need
      sendReply(socket, reply)
      // Behind the reply: whoever asked does not wait for it. Where one part of a job has failed, another may still be at work.
      if (reply.head.kind === 'failed' && originals.some((original) => memory.lends(original))) memory.letGo()
      const leftovers = [...originals, ...reply.bodies].filter((bytes) => !memory.lends(bytes))
      spent(leftovers.reduce((sum, { length }) => sum + length, 0))
    })
  }
  receiveFrames(socket, receive, frameLimits, take)
  sendReply(socket, { head: { kind: 'hello' }, bodies: [] })
  watchParent()
}

/**
 * The end of the socket is seen by the event loop, which JavaScript that does not come back would block for ever. A thread looks for the
 * parent as well, so that not even then a process is left behind.
 */
function watchParent(): void {
  const script = new URL(`./parent-watch${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }
  new Worker(script, { workerData: process.ppid, resourceLimits, env: {} }).unref()
}

/** Some renderers hold nothing. */
type Served = Renderer & Partial<Pick<HoldingRenderer, 'renderHeld'>>
type RenderAsk = Extract<Ask, { kind: 'render' | 'inspect' }>

type Answer = { readonly head: Reply; readonly bodies: readonly Buffer[] }

const need: Answer = { head: { kind: 'need' }, bodies: [] }
const failed = (failure: Failure): Answer => ({ head: { kind: 'failed', failure: printFailure(failure) }, bodies: [] })
const done = (value: unknown, bodies: readonly Buffer[] = [], levels?: LevelFigures): Answer => ({
  head: { kind: 'done', value, ...(levels === undefined ? {} : { levels }) },
  bodies,
})

/** A reply that is too large for a frame is a failure like any other. */
function sendReply(socket: Socket, reply: Answer): void {
  try {
    sendParts(socket, printFrame(reply))
  } catch (error) {
    sendParts(socket, printFrame(failed(toFailure(error))))
  }
}

/** Whoever asked cannot take it back, it can only end this process: no signal is ever given. */
const signal = new AbortController().signal

/**
 * The originals of an ask, read where they lie, up to one that is not to be had, or that must come as bytes since nobody knows how long it takes.
 * @param take  Gives the memory of the first, unless a body has it.
 */
function originalsOf(
  ask: Ask,
  bodies: readonly Buffer[],
  take: Memory,
): { readonly originals: readonly Buffer[]; readonly complete: boolean } {
  if (!('files' in ask) || ask.files === undefined) return { originals: bodies, complete: true }
  if (ask.held === true) return { originals: [], complete: ask.files.every((file) => file === null || isHere(file)) }
  const rest = [...bodies]
  const originals: Buffer[] = []
  for (const [index, file] of ask.files.entries()) {
    const original = file === null ? rest.shift() : index === 0 && bodies.length === 0 ? readHere(file, take) : readHere(file)
    if (original === undefined) return { originals, complete: false }
    originals.push(original)
    if (file !== null && looksLikeSvg(original)) return { originals, complete: false }
  }
  return { originals, complete: true }
}

/** @param kept  The original that the other side has as well: passed on, it need not go back. */
async function answer(
  renderer: Served,
  ask: Exclude<Ask, { kind: 'forget' }>,
  originals: readonly Buffer[],
  kept: Buffer | undefined,
): Promise<Answer> {
  switch (ask.kind) {
    case 'render': {
      const before = renderer.figures()
      const rendered = await rendering(renderer, ask, originals)
      if (rendered === undefined) return need
      if (rendered instanceof Failure) return failed(rendered)
      const { bytes, ...value } = rendered
      const { levelHits, levelsMade, levelBytes } = renderer.figures()
      const levels = { hits: levelHits - before.levelHits, made: levelsMade - before.levelsMade, bytes: levelBytes }
      return done(value, bytes === kept ? [] : [bytes], levels)
    }
    case 'inspect': {
      const inspected = await renderer.inspect(jobOf(ask, originals), signal)
      return inspected instanceof Failure ? failed(inspected) : done(inspected)
    }
    case 'sanitise': {
      const safe = await renderer.sanitise(originals[0] ?? Buffer.alloc(0), ask.limits, signal)
      return safe instanceof Failure ? failed(safe) : done(null, [safe])
    }
    case 'ready':
      return done(await renderer.ready(signal))
    case 'formats':
      return done(await renderer.formats(signal))
    default:
      throw new Error(`Unknown ask: ${JSON.stringify(ask satisfies never)}`)
  }
}

function rendering(renderer: Served, ask: RenderAsk, originals: readonly Buffer[]): Promise<Rendered | Failure | undefined> {
  const { origin } = ask
  if (ask.held !== true || origin === undefined) return renderer.render(jobOf(ask, originals), signal)
  return renderer.renderHeld?.({ ...jobOf(ask, originals), origin }, signal) ?? Promise.resolve(undefined)
}

function jobOf({ recipe, limits, findings, origin }: RenderAsk, originals: readonly Buffer[]): ReadJob {
  return { recipe, limits, originals, ...(findings === undefined ? {} : { findings }), ...(origin === undefined ? {} : { origin }) }
}
