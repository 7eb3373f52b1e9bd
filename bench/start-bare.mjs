// A process that loads sharp and makes one picture: what a cold start cannot do without. Prints when the picture was there.
import { readFile } from 'node:fs/promises'
import { sameCall } from './same-call.mjs'

const [file = '', call = ''] = process.argv.slice(2)
const { default: sharp } = await import('sharp')
sharp.cache(false)
const { length } = await sameCall(sharp, await readFile(file), JSON.parse(call))
const { user, system } = process.cpuUsage()
process.stdout.write(`\nfirst ${JSON.stringify({ bytes: length, cpuMs: (user + system) / 1000 })}\n`)
