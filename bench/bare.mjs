// The same pictures by sharp alone, in a process of its own: numbers of pictures come on stdin, CPU seconds go to stdout.
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import sharp from 'sharp'
import { sameCall } from './same-call.mjs'

const calls = JSON.parse(process.argv[2] ?? '[]')
sharp.cache(false)

let at = 0
console.log('ready')
for await (const count of createInterface({ input: process.stdin })) {
  const began = process.cpuUsage()
  for (let index = 0; index < Number(count); index++) {
    const { file, call } = calls[at++ % calls.length]
    await sameCall(sharp, await readFile(file), call)
  }
  const { user, system } = process.cpuUsage(began)
  console.log(`cpu ${(user + system) / 1e6}`)
}
