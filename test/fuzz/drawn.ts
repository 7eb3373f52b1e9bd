import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { originals } from '../originals.ts'
import { drawn, quadrants } from '../pictures.ts'

/** What is damaged: a small picture in every format and kind that the service reads, and the pictures of a folder, as `samples/`. */
export async function drawnOriginals(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const photo = () => drawn(90, 70, (x, y) => [(x * 7) % 256, (y * 5 + x) % 256, (x * y) % 256])
  const clear = () => drawn(60, 40, (x, y) => [x * 4, y * 6, 120, x < 30 ? 255 : 90])
  const owned = () => photo().withExif({ IFD0: { Copyright: 'A. Nyone', Artist: 'A. Nother' }, IFD3: { GPSLatitude: '1/1 2/1 3/1' } })
  const made = {
    'jpeg progressive': await photo().jpeg({ progressive: true }).toBuffer(),
    'jpeg with Exif and profile': await owned().withIccProfile('p3').jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
    'png interlaced': await photo().png({ progressive: true }).toBuffer(),
    'png with Exif and profile': await owned().withIccProfile('p3').png().toBuffer(),
    'webp lossless': await clear().webp({ lossless: true }).toBuffer(),
    'webp with Exif': await owned().webp().toBuffer(),
    'avif alpha': await clear().avif({ effort: 0 }).toBuffer(),
    'avif 12 bit': await photo().toColourspace('rgb16').avif({ effort: 0, bitdepth: 12 }).toBuffer(),
    'avif tiled': await quadrants(300, 200).avif({ effort: 0, quality: 90 }).toBuffer(),
    'tiff deflate tiles': await photo()
      .tiff({ compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32, pyramid: true })
      .toBuffer(),
    'tiff jpeg': await photo().tiff({ compression: 'jpeg' }).toBuffer(),
    'tiff lzw': await photo().tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(),
    'tiff bilevel': await photo().toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer(),
    'svg with all sorts': Buffer.from(allSorts),
    svgz: gzipSync(allSorts),
  }
  const samples: [string, Buffer][] = []
  for (const file of (await readdir(folder)).sort()) {
    if (!file.endsWith('.md')) samples.push([`sample ${file}`, await readFile(join(folder, file))])
  }
  return new Map([...Object.entries(await originals()), ...Object.entries(made), ...samples])
}

const allSorts = `<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="120" height="80" viewBox="0 0 60 40">
<defs><linearGradient id="a"><stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#00f"/></linearGradient><clipPath id="c"><circle r="9"/></clipPath>
<filter id="f"><feGaussianBlur stdDeviation="2"/><feTurbulence baseFrequency="0.1" numOctaves="2"/></filter><mask id="m"><rect width="60" height="20" fill="#fff"/></mask>
<pattern id="p" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 0L4 4"/></pattern><symbol id="s" viewBox="0 0 5 5"><circle r="2"/></symbol></defs>
<rect width="60" height="40" fill="url(#a)"/><g filter="url(#f)" mask="url(#m)"><ellipse cx="20" cy="20" rx="9" ry="5" fill="url(#p)"/></g>
<use xlink:href="#s" x="9" y="3" width="9" height="9" clip-path="url(#c)"/><text x="5" y="30" font-family="sans-serif" font-size="9">A<tspan dy="2">b</tspan></text>
<path d="M1 1C2 3 4 5 6 7S8 9 10 11Q1 2 3 4T5 6A3 4 0 0 1 9 9Z" stroke="#000" stroke-dasharray="1 2" transform="rotate(9)"/>
<image width="9" height="9" href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="/></svg>`
