import sharp from 'sharp'
import { animation, blue, drawn, green, plain, quadrants, red } from './pictures.ts'

/** One original of each kind that the service reads, drawn small; its size is 60x40 as the viewer sees it. */
export async function originals(): Promise<Record<string, Buffer>> {
  const photo = () => quadrants(60, 40)
  const clear = () => drawn(60, 40, (x, y) => [x * 4, y * 6, 120, x < 30 ? 255 : 90])
  const frames = [plain(60, 40, red), plain(60, 40, green), plain(60, 40, blue)]
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><circle cx="30" cy="20" r="15" fill="teal"/></svg>'
  const turned = await Promise.all(
    [2, 3, 4, 5, 6, 7, 8].map(async (orientation) => [`jpeg stored with orientation ${orientation}`, await stored(orientation)] as const),
  )
  return {
    jpeg: await photo().jpeg().toBuffer(),
    ...Object.fromEntries(turned),
    'jpeg gray': await photo().toColourspace('b-w').jpeg().toBuffer(),
    'jpeg cmyk': await photo().toColourspace('cmyk').jpeg().toBuffer(),
    png: await photo().png().toBuffer(),
    'png alpha': await clear().png().toBuffer(),
    'png palette': await clear().png({ palette: true }).toBuffer(),
    'png gray alpha': await clear().toColourspace('b-w').png().toBuffer(),
    'png 16 bit': await photo().toColourspace('rgb16').png().toBuffer(),
    webp: await clear().webp().toBuffer(),
    'webp animation': await animation('webp', frames),
    avif: await photo().avif({ effort: 0 }).toBuffer(),
    gif: await photo().gif().toBuffer(),
    'gif animation': await animation('gif', frames),
    tiff: await photo().tiff().toBuffer(),
    'tiff pages': await sharp(await Promise.all(frames.map((frame) => frame.png().toBuffer())), { join: { animated: true } })
      .tiff()
      .toBuffer(),
    svg: Buffer.from(svg),
  }
}

/** The four quadrants, 60x40 as the viewer sees them, stored as a camera with this orientation would: lossless where `format` is. */
export async function stored(orientation: number, format: 'jpeg' | 'png' | 'tiff' | 'webp' = 'jpeg'): Promise<Buffer> {
  const picture = quadrants(60, 40)
  // What undoes the turn of each tag; sharp mirrors before it turns.
  if (orientation === 2) picture.flop()
  if (orientation === 3) picture.rotate(180)
  if (orientation === 4) picture.flip()
  if (orientation === 5) picture.flip().rotate(90)
  if (orientation === 6) picture.rotate(270)
  if (orientation === 7) picture.flip().rotate(270)
  if (orientation === 8) picture.rotate(90)
  const lossless = { quality: 100, chromaSubsampling: '4:4:4', lossless: true }
  return picture.withMetadata({ orientation }).toFormat(format, lossless).toBuffer()
}
