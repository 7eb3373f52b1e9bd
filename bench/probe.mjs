// Asks one URL fifty times a second until its stdin ends, and then prints how long each answer took, in ms: in a process of its own, so that it
// is the server that is waited for, and not whoever makes the load.
import { Agent, get } from 'node:http'

const url = process.argv[2] ?? ''
const agent = new Agent({ keepAlive: true })
const took = []
let over = false
process.stdin.on('end', () => (over = true)).resume()

/** Infinity where what came is not the picture. */
function ask() {
  const began = performance.now()
  return new Promise((resolve) => {
    get(url, { agent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode === 200 ? performance.now() - began : Number.POSITIVE_INFINITY))
    }).on('error', () => resolve(Number.POSITIVE_INFINITY))
  })
}

console.log('ready')
while (!over) {
  took.push(await ask())
  await new Promise((resolve) => setTimeout(resolve, 20))
}
// JSON has no infinity.
console.log(`took ${JSON.stringify(took.map((ms) => Math.min(ms, 1e9)))}`)
process.exit()
