// A process that loads the function's code, as it lies in the zip, and asks it for one picture. Prints when the picture was there.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder = '', event = ''] = process.argv.slice(2)
const { handler } = await import(pathToFileURL(join(folder, 'index.mjs')).href)
const answer = await handler(JSON.parse(await readFile(event, 'utf8')), { getRemainingTimeInMillis: () => 25_000 })
if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`)
const { user, system } = process.cpuUsage()
process.stdout.write(`\nfirst ${JSON.stringify({ bytes: Number(answer.headers['content-length']), cpuMs: (user + system) / 1000 })}\n`)
