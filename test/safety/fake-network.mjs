// Loaded into a real server with `--import`: a network that is none. Names are answered from a table, whatever is dialled leads to one port on
// this machine, and both are written down, a JSON line each, before anything else happens.
import { appendFileSync, readFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { isIP, Socket } from 'node:net'

const { names: namesFile, port, record } = JSON.parse(process.env.FAKE_NETWORK)
const note = (fact) => appendFileSync(record, `${JSON.stringify(fact)}\n`)
const asked = new Map()

/** The answers for a host: with several lists in the table, the first for the first question, and so on. Read anew for each question. */
function answersFor(host) {
  note({ lookup: host })
  const lists = JSON.parse(readFileSync(namesFile, 'utf8'))[host] ?? [[]]
  const times = asked.get(host) ?? 0
  asked.set(host, times + 1)
  return lists[Math.min(times, lists.length - 1)].map((address) => ({ address, family: isIP(address) }))
}

const dns = createRequire(import.meta.url)('node:dns')
dns.promises.lookup = async (host) => answersFor(host)
// Whoever asks in this way gets no answer, but leaves a trace. Literals, such as the address to listen at, are no questions.
const { lookup: plain } = dns
dns.lookup = (host, ...rest) => {
  if (isIP(host) !== 0) return plain(host, ...rest)
  answersFor(host)
  rest.at(-1)(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
}
syncBuiltinESMExports()

const { connect } = Socket.prototype
Socket.prototype.connect = function (...words) {
  const [options, done] = Array.isArray(words[0]) ? words[0] : words
  if (options === null || typeof options !== 'object' || options.port === undefined) return connect.apply(this, words)
  const { lookup, host, ...others } = options
  const dial = (address) => {
    note({ dial: address, port: Number(options.port) })
    this.emit('lookup', null, address, isIP(address), host)
    // What is dialled is another matter than what is reached: the one who dials is told what it wanted.
    Object.defineProperty(this, 'remoteAddress', { value: address })
    connect.call(this, { ...others, host: '127.0.0.1', port, autoSelectFamily: false }, done)
  }
  this.connecting = true
  if (isIP(host) !== 0) dial(host)
  else {
    lookup(host, { all: true }, (error, answers) => {
      if (error === null) dial(answers[0].address)
      else this.destroy(error)
    })
  }
  return this
}
