// The same picture by a bare call of sharp: counts come on stdin, CPU seconds go to stdout.
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import sharp from 'sharp'

const [file = '', query = ''] = process.argv.slice(2)
const asked = new URLSearchParams(query)
const width = Number(asked.get('w'))
sharp.cache(false)

/** The encoders' settings are those of `src/pixels/encode.ts` at their defaults. */
const encode = {
  jpeg: (image) => image.jpeg({ quality: 80, progressive: true, chromaSubsampling: '4:2:0' }),
  webp: (image) => image.webp({ quality: 85, effort: 4 }),
  avif: (image) => image.avif({ quality: 68, effort: 2, chromaSubsampling: '4:2:0' }),
  png: (image) => image.png({ compressionLevel: 6 }),
}[asked.get('f') ?? 'jpeg']

console.log('ready')
for await (const count of createInterface({ input: process.stdin })) {
  const began = process.cpuUsage()
  for (let index = 0; index < Number(count); index++) {
    await encode(sharp(await readFile(file)).resize(width)).toBuffer()
  }
  const { user, system } = process.cpuUsage(began)
  console.log(`cpu ${(user + system) / 1e6}`)
}
