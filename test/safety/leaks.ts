import { homedir, tmpdir } from 'node:os'
import { paths, stacks } from '../../scripts/hostile/insides.mjs'

/** Something that came out of a server. Of pictures only exact texts are sought: in compressed bytes a pattern may match by chance. */
export type Seen = { readonly where: string; readonly text: string; readonly kind: 'text' | 'picture' | 'log' }

export type Sweep = {
  readonly seen: readonly Seen[]
  /** What the clients said: what they said themselves may come back to them, unless it is secret. */
  readonly sent: readonly string[]
  readonly concealed: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  readonly root: string
  readonly cache: string
  readonly port: number
}

const internal =
  /(?<![\d.])(?:127\.\d{1,3}|10\.\d{1,3}|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}(?![\d.])|\[(?:::1|f[cd][0-9a-f]{2}:[0-9a-f:]+|fe80:[0-9a-f:]+)\]/gi

/** All that no body, header or log line may hold, a line for each find: where it was, and what. */
export function leaksIn({ seen, sent, concealed, settings, root, cache, port }: Sweep): readonly string[] {
  const said = sent.flatMap((text) => [text, decoded(text), decoded(decoded(text))]).join('\n')
  const places = [root.replace(/\/$/, ''), cache, ...(tmpdir().length > 4 ? [tmpdir()] : []), ...(homedir().length > 5 ? [homedir()] : [])]
  const secrets = [...concealed, ...secretsOf(settings), ...sent.flatMap(signaturesOf)]
  const finds: string[] = []
  for (const { where, text, kind } of seen) {
    const find = (what: string, at: number): void => {
      finds.push(`${where.slice(0, 200)}: ${what}: …${text.slice(Math.max(0, at - 100), at + 100).replace(/\s+/g, ' ')}…`)
    }
    for (const secret of secrets) if (text.includes(secret)) find('a secret', text.indexOf(secret))
    for (const place of places) if (text.includes(place) && !said.includes(place)) find('a path of the server', text.indexOf(place))
    if (kind === 'picture') continue
    for (const pattern of [...stacks, ...paths]) {
      const [match] = pattern.exec(text) ?? []
      if (match !== undefined && !said.includes(match.replace(/^[^/\w]/, ''))) find('a path or a stack', text.indexOf(match))
    }
    for (const { 0: address, index } of text.matchAll(internal)) {
      const own = text.slice(index).startsWith(`127.0.0.1:${port}`)
      const ofClient = kind === 'log' && /"(?:client|remote|ip)\w*": ?"$/i.test(text.slice(0, index))
      if (!own && !ofClient && !said.includes(address)) find('an internal address', index)
    }
  }
  return [...new Set(finds)]
}

/** Keys and tokens of the settings, headers for origins among them. */
function secretsOf(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings)
    .filter(([name]) => /KEYS$|TOKEN$|SECRET|_HEADERS$|ACCESS_KEY_ID$/.test(name))
    .flatMap(([name, value]) =>
      name.endsWith('_HEADERS') ? value.split(/[\n,]/).map((line) => line.replace(/^[^:]*:\s*/, '')) : value.split(','),
    )
    .map((value) => value.trim())
    .filter((value) => value.length >= 8)
}

/** The signature of a native URL; those of other dialects are for `conceal`. */
function signaturesOf(target: string): readonly string[] {
  return [...target.matchAll(/[?&]s=([\w~+/=-]{16,})/g)].map(([, signature = '']) => signature)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
