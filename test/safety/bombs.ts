import { crc32, deflateSync } from 'node:zlib'

/** Small files that cost much to read, drawn here: they stand in for those of a corpus that a clone has not. */

/** 30 times 100 octaves of turbulence on 16 megapixels: hours. `mark` makes another file of it. */
export function turbulence(mark = 0): string {
  const noise = '<feTurbulence baseFrequency="0.9" numOctaves="100"/>'.repeat(30)
  return svg(4000, `<!-- ${mark} --><filter id="f">${noise}</filter><rect width="4000" height="4000" filter="url(#f)"/>`)
}

/** A filter that keeps a hundred pictures of 16 megapixels: 6 GB. */
export function crowdedFilter(): string {
  const steps = Array.from({ length: 100 }, (_, at) => `<feOffset in="SourceGraphic" dx="${at}" result="r${at}"/>`)
  const merge = steps.map((_, at) => `<feMergeNode in="r${at}"/>`)
  const filter = `<filter id="f" x="0" y="0" width="1" height="1">${steps.join('')}<feMerge>${merge.join('')}</feMerge></filter>`
  return svg(4000, `${filter}<rect width="4000" height="4000" fill="red" filter="url(#f)"/>`)
}

/** A drawing of 200 px with a PNG in it. */
export function svgAround(png: Buffer): string {
  return svg(200, `<image width="100" height="100" href="data:image/png;base64,${png.toString('base64')}"/>`)
}

function svg(side: number, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${body}</svg>`
}

/** A whole, black PNG of one bit a pixel, so that much of it is little; further chunks stand behind its header. */
export function png(width: number, height: number, chunks: readonly Buffer[] = []): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 1
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', head), ...chunks, chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}

/** A text of so many bytes, as a compressed chunk. @see PNG 3rd edition, 11.3.3.3 */
export function compressedText(bytes: number): Buffer {
  return chunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes, 'a'))]))
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** An animation of one pixel. @see GIF89a, 20 (image descriptor), 22 (its data), 23 (delay) */
export function gif(frames: number): Buffer {
  const screen = Buffer.from([...Buffer.from('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255])
  const control = [0x21, 0xf9, 4, 0, 10, 0, 0, 0]
  const picture = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]
  return Buffer.concat([screen, ...Array.from({ length: frames }, () => Buffer.from([...control, ...picture])), Buffer.from([0x3b])])
}
