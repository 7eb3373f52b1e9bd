import type { Settings } from '../../config/read.ts'
import { houseKeys, signedOnly } from '../../config/signing.ts'
import { isLoopback, startProblem } from '../../config/start.ts'
import type { Finding } from './finding.ts'

type AllowPattern = Settings['source']['http']['allow'][number]

const newSecret = 'openssl rand -hex 32'
/** Characters of a secret that no machine guesses, whatever it is made of: 128 bits as hex digits. */
const strongLength = 32

/** Who may ask for what, and where originals may come from. What is plainly unsafe stops the start before; here is what only may be. */
export function accessChecks(settings: Settings): readonly Finding[] {
  return [accessCheck(settings), ...keyCheck(settings), purgeCheck(settings), ...originCheck(settings), proxyCheck(settings)]
}

export function accessCheck(settings: Settings): Finding {
  const name = 'access'
  const problem = startProblem(settings)
  if (problem !== undefined) return { name, state: 'fail', message: 'Anyone could fetch any URL through this server.', mend: problem.hint }
  const { server, source, presetsOnly } = settings
  if (signedOnly(settings)) return { name, state: 'ok', message: 'URLs are signed.' }
  if (isLoopback(server.host)) return { name, state: 'ok', message: `Only this machine can ask: ${server.host}.` }
  const mend = `Set TINTYPE_KEYS to the output of: ${newSecret}`
  if (source.http.any) return { name, state: 'warn', message: 'An open proxy, as TINTYPE_SERVER_OPEN_PROXY says.', mend }
  if (presetsOnly) return { name, state: 'ok', message: 'Anyone can ask, for presets alone.' }
  return { name, state: 'warn', message: 'URLs are not signed: anyone can have pictures of any size made.', mend }
}

function keyCheck(settings: Settings): readonly Finding[] {
  const keys = houseKeys(settings)
  if (keys.length === 0) return []
  const weak = keys.findIndex((key) => key.length < strongLength)
  if (weak < 0) return [{ name: 'keys', state: 'ok', message: `${keys.length} of them, the first one signs.` }]
  const message = `Number ${weak + 1} has less than ${strongLength} characters.`
  return [{ name: 'keys', state: 'warn', message, mend: `Put a new one first, as of: ${newSecret}; then take the old one away.` }]
}

function purgeCheck({ purgeToken, keys }: Settings): Finding {
  const name = 'purge'
  if (purgeToken === undefined) return { name, state: 'ok', message: 'Without a token nothing can be purged over HTTP.' }
  const mend = `Set TINTYPE_PURGE_TOKEN to the output of: ${newSecret}`
  if (keys.includes(purgeToken)) return { name, state: 'fail', message: 'The token is a key of URLs: who may sign could purge.', mend }
  if (purgeToken.length < strongLength) {
    return { name, state: 'warn', message: `The token has less than ${strongLength} characters.`, mend }
  }
  return { name, state: 'ok', message: 'A token is needed to purge.' }
}

/** Where originals may be fetched from, and which closed addresses are open to that. */
function originCheck({ source: { http } }: Settings): readonly Finding[] {
  const name = 'origins'
  const wide = http.addresses.filter((block) => isWide(block))
  if (wide.length > 0) {
    return [
      {
        name,
        state: 'fail',
        message: `${wide.join(', ')} opens addresses that nobody can have meant.`,
        mend: 'Name the blocks of your origins alone in TINTYPE_SOURCE_HTTP_ADDRESSES.',
      },
    ]
  }
  const broad = http.allow.filter(isBroad).map(shown)
  if (broad.length > 0) {
    const mend = 'Name your own hosts in TINTYPE_SOURCE_HTTP_ALLOW.'
    return [{ name, state: 'warn', message: `${broad.join(', ')} allows the hosts of strangers.`, mend }]
  }
  const opened = http.addresses.length > 0 ? [`closed addresses that are open: ${http.addresses.join(', ')}`] : []
  const allowed = http.allow.map(shown).join(', ')
  if (http.any) return [{ name, state: 'ok', message: ['Any public host.', ...opened].join(' ') }]
  if (allowed === '' && http.base === undefined) return []
  return [{ name, state: 'ok', message: `${[allowed || http.base, ...opened].join('; ')}.` }]
}

/** The hosts of a pattern; ports and paths only narrow them. */
function shown({ host, below }: AllowPattern): string {
  return `${below ? '*.' : ''}${host}`
}

/** Names below one that belongs to nobody: `*.com`. */
function isBroad({ host, below }: AllowPattern): boolean {
  return below && !host.includes('.')
}

/** Blocks as large as a whole part of the Internet. */
function isWide(block: string): boolean {
  const [address = '', bits] = block.split('/')
  return bits !== undefined && Number(bits) < (address.includes(':') ? 7 : 8)
}

function proxyCheck({ server }: Settings): Finding {
  const name = 'proxies'
  const wide = server.trustedProxies.filter((block) => isWide(block))
  if (wide.length > 0) {
    const mend = 'Name the addresses of your own proxies in TINTYPE_SERVER_TRUSTED_PROXIES.'
    return { name, state: 'fail', message: `${wide.join(', ')} would believe anyone who he is.`, mend }
  }
  const { length } = server.trustedProxies
  if (length > 0) return { name, state: 'ok', message: `X-Forwarded-For counts from ${server.trustedProxies.join(', ')}.` }
  if (isLoopback(server.host)) return { name, state: 'ok', message: 'X-Forwarded-For never counts.' }
  return {
    name,
    state: 'ok',
    message: 'X-Forwarded-For never counts; behind a proxy all clients look like one (TINTYPE_SERVER_TRUSTED_PROXIES).',
  }
}
