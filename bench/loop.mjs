// The same pictures in a loop, by sharp alone or by the renderer in process, in a process of its own: numbers of pictures come on stdin, CPU seconds go
// to stdout.
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import sharp from 'sharp'
import { filters } from '../dist/filters/all.js'
import { limitFields } from '../dist/geometry/limits.js'
import { openInProcess } from '../dist/pixels/in-process.js'
import { sameCall } from './same-call.mjs'

const [, , by, given = '[]'] = process.argv
const calls = JSON.parse(given)
const make = by === 'renderer' ? await renderer() : (bytes, call) => sameCall(sharp, bytes, call)
sharp.cache(false)

let at = 0
console.log('ready')
for await (const count of createInterface({ input: process.stdin })) {
  const began = process.cpuUsage()
  for (let index = 0; index < Number(count); index++) {
    const { file, call } = calls[at++ % calls.length]
    await make(await readFile(file), call)
  }
  const { user, system } = process.cpuUsage(began)
  console.log(`cpu ${(user + system) / 1e6}`)
}

async function renderer() {
  const { render } = await openInProcess({ filters })
  const limits = Object.fromEntries(Object.entries(limitFields).map(([name, { fallback }]) => [name, fallback]))
  const { signal } = new AbortController()
  return async (bytes, { recipe }) => {
    const made = await render({ recipe, originals: [bytes], limits }, signal)
    if (made instanceof Error) throw made
  }
}
