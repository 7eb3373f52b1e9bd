// `npm run ssrf -- FILE`: goes through a file of address vectors, with the source `http` as it is built and a network that is none. The file is a
// JSON list of `{ url, resolves_to?, allowed, why }`; `test/vectors/ssrf.json` is one. Prints a line for each vector that does not hold, and
// `N passed, N failed`.
//
// `resolves_to` is what the host's name resolves to, an empty list for a name that there is not; a URL without it is a literal, or is refused
// before any name is asked for. Allowed: one of these addresses, or the literal, is dialled, and nothing else. Not allowed: nothing is dialled.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, isIP } from 'node:net'

const [file, ...rest] = process.argv.slice(2)
const usage = (why) => {
  console.error(`${why}\nUsage: npm run ssrf -- FILE`)
  process.exit(2)
}
if (file === undefined || rest.length > 0) usage('Expected one file of vectors.')
const vectors = readVectors(file)

const { openHttp } = await import('../dist/sources/http.js')
const { httpOptions } = await import('../dist/sources/http-options.js')
const options = Object.fromEntries(
  Object.entries(httpOptions).flatMap(([name, field]) => ('fallback' in field ? [[name, field.fallback]] : [])),
)

let requests = 0
const origin = createServer((_, response) => {
  requests += 1
  response.end('picture')
})
await new Promise((listening) => origin.listen(0, '127.0.0.1', listening))

let failed = 0
for (const vector of vectors) {
  const why = await fault(vector)
  if (why === undefined) continue
  failed += 1
  console.log(`${JSON.stringify(vector.url)} (${vector.why ?? 'no reason given'}): ${why}`)
}
origin.closeAllConnections()
origin.close()
console.log(`${vectors.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** What is wrong with the treatment of a vector; `undefined` where it holds. */
async function fault({ url, resolves_to: answers, allowed }) {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
  const literal = isIP(host) !== 0
  const network = fakeNetwork(answers ?? ['93.184.215.14'])
  const source = openHttp(options, { maxBytes: 1000 }, network)
  const before = requests
  const got = await source.get(url, undefined, AbortSignal.timeout(10_000)).catch((error) => error)
  await source.close()
  const { lookups, dialled } = network
  const reached = dialled.length > 0 ? `dialled ${dialled.join(', ')}` : 'nothing was dialled'
  if (allowed) {
    const may = literal ? [host] : (answers ?? [])
    if (got.kind !== 'original') return `expected to be allowed, but got ${got.code ?? got}; ${reached}`
    if (dialled.some((address) => !may.includes(address))) return `expected to reach ${may.join(' or ')}, but ${reached}`
    if (lookups.length !== (literal ? 0 : 1)) return `expected ${literal ? 'no' : 'one'} look-up, got ${lookups.length}`
    return undefined
  }
  if (got.kind === 'original' || dialled.length > 0 || requests > before) return `expected to be refused without a packet, but ${reached}`
  if (answers === undefined && lookups.length > 0)
    return `expected to be refused before any look-up, but ${lookups.join(', ')} was asked for`
  return undefined
}

/** Every name has these addresses, and every address leads to the origin on this machine. */
function fakeNetwork(answers) {
  const lookups = []
  const dialled = []
  const resolve = async (host) => {
    lookups.push(host)
    return answers
  }
  const build = ({ lookup }) => {
    return ({ hostname }, done) => {
      const dial = (address) => {
        dialled.push(address)
        const socket = connect(origin.address().port, '127.0.0.1')
        Object.defineProperty(socket, 'remoteAddress', { value: address })
        socket.once('connect', () => done(null, socket)).on('error', (error) => done(error, null))
      }
      const host = hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0) dial(host)
      else lookup(host, { all: true }, (error, addresses) => (error === null ? dial(addresses[0].address) : done(error, null)))
    }
  }
  return { lookups, dialled, resolve, build }
}

function readVectors(path) {
  let content
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    usage(`The file cannot be read as JSON: ${error.message}`)
  }
  const isVector = (each) =>
    typeof each?.url === 'string' &&
    typeof each.allowed === 'boolean' &&
    (each.resolves_to === undefined ||
      (Array.isArray(each.resolves_to) && each.resolves_to.every((address) => typeof address === 'string')))
  const at = Array.isArray(content) ? content.findIndex((each) => !isVector(each)) : 0
  if (at !== -1 || content.length === 0) usage(`Expected a list of { url, resolves_to?, allowed, why }; number ${at + 1} is none.`)
  return content
}
