import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { Failure } from '../errors.ts'

/** The codings of one body that are understood (RFC 9110, 8.4.1). */
export type Coding = 'identity' | 'gzip' | 'deflate' | 'br'

/** What a body tells whoever feeds it: one of `done` and `failed`, once. */
export type BodyEvents = {
  /** It takes more again, after a `write` that gave false. */
  drained(): void
  done(bytes: Buffer): void
  failed(failure: Failure): void
}

export type Body = {
  /** Takes a chunk as it came over the wire; false when the feeder should wait. */
  write(chunk: Buffer): boolean
  /** The wire has no more. */
  end(): void
  /** Forgets everything; no event follows. */
  drop(): void
}

/**
 * The coding that a `Content-Encoding` names. One layer at most: ten layers of gzip turn a few kilobytes into more than a machine has.
 * @param host  For the message.
 * @returns `original-too-large` for several layers, `origin-failed` for one that is not understood.
 */
export function codingOf(header: string | undefined, host: string): Coding | Failure {
  const layers = (header ?? '').split(',').map((layer) =>
    layer
      .trim()
      .toLowerCase()
      .replace(/^x-gzip$/, 'gzip'),
  )
  const [coding = 'identity', ...more] = layers.filter((layer) => layer !== '' && layer !== 'identity')
  if (more.length > 0) {
    return new Failure('original-too-large', `The original at ${host} is compressed ${more.length + 1} times over; only once is undone.`)
  }
  if (coding === 'identity' || coding === 'gzip' || coding === 'deflate' || coding === 'br') return coding
  return new Failure('origin-failed', `The origin ${host} sent a body in a coding that was not asked for.`)
}

/**
 * Collects a body, decoded, up to `maxBytes`. Both the decoded bytes and those on the wire are counted as they come:
 * the first stop a bomb, the others a coded body that never yields anything.
 * @param host  For the message.
 */
export function collectBody(coding: Coding, maxBytes: number, host: string, events: BodyEvents): Body {
  const chunks: Buffer[] = []
  let wireBytes = 0
  let bytes = 0
  let over = false
  let decoder: Transform | undefined

  function finish(tell: () => void): void {
    if (over) return
    over = true
    decoder?.destroy()
    tell()
  }
  function keep(chunk: Buffer): void {
    bytes += chunk.length
    if (bytes > maxBytes) finish(() => events.failed(tooLarge(host, maxBytes)))
    else chunks.push(chunk)
  }
  function done(): void {
    finish(() => events.done(Buffer.concat(chunks, bytes)))
  }
  function open(first: Buffer): Transform {
    const stream = decoderOf(coding, first)
    stream.on('data', keep).on('end', done).on('drain', events.drained)
    stream.on('error', (cause) => {
      finish(() => events.failed(new Failure('origin-failed', `The origin ${host} sent a body that cannot be decompressed.`, { cause })))
    })
    return stream
  }

  return {
    write(chunk) {
      if (over) return true
      wireBytes += chunk.length
      if (wireBytes > maxBytes) finish(() => events.failed(tooLarge(host, maxBytes)))
      else if (coding === 'identity') keep(chunk)
      else {
        decoder ??= open(chunk)
        return decoder.write(chunk)
      }
      return true
    },
    end() {
      if (decoder === undefined) done()
      else if (!over) decoder.end()
    },
    drop() {
      finish(() => {})
    },
  }
}

/** The failure of a body that is, or says that it is, above the limit. */
export function tooLarge(host: string, maxBytes: number): Failure {
  return new Failure('original-too-large', `The original at ${host} has more than ${maxBytes} bytes.`, {
    expected: `at most ${maxBytes} bytes`,
  })
}

function decoderOf(coding: Coding, first: Buffer): Transform {
  if (coding === 'gzip') return createGunzip()
  if (coding === 'br') return createBrotliDecompress()
  // "deflate" means zlib (RFC 9110, 8.4.1.2), but some servers send the bare stream; the method in the first byte tells them apart.
  return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw()
}
