// A process that loads sharp and makes one picture: what a cold start cannot do without. Prints when the picture was there.
import { readFile } from 'node:fs/promises'

const [file = '', width = ''] = process.argv.slice(2)
const { default: sharp } = await import('sharp')
sharp.cache(false)
const { length } = await sharp(await readFile(file))
  .resize(Number(width))
  .jpeg({ quality: 80, progressive: true, chromaSubsampling: '4:2:0' })
  .toBuffer()
const { user, system } = process.cpuUsage()
process.stdout.write(`\nfirst ${JSON.stringify({ bytes: length, cpuMs: (user + system) / 1000 })}\n`)
