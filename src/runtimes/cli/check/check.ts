import { type Context, command, json, Misuse, Trouble } from '../command.ts'
import { settingsFor } from '../settings.ts'
import { checks, time, Wrong } from './checks.ts'
import { openSite, type Site, send } from './site.ts'

/** All checks together: a render each, and a function that starts first. */
const longestSeconds = 300

/** What came of a check. */
type Result = {
  readonly group: string
  readonly name: string
  readonly state: 'ok' | 'fail' | 'skip'
  readonly note: string
  readonly milliseconds: number
}

export const check = command({
  doc: 'Proves a running service: health, every format, caching, errors, limits, signatures.',
  usage: 'URL [--key KEY]',
  args: {
    url: { type: 'positional', required: true, description: 'Where it answers: https://d111111abcdef8.cloudfront.net.' },
    key: {
      type: 'string',
      valueHint: 'KEY',
      description: 'A picture that is there, as in a URL, decoded; else the first that its page shows.',
    },
    json: { type: 'boolean', description: 'As JSON.' },
  },
  settings: true,
  examples: [
    'tintype check https://d111111abcdef8.cloudfront.net',
    'TINTYPE_KEYS=… tintype check https://img.example.org --key photos/cat.jpg',
    'tintype check http://localhost:8080 --json',
  ],
  async run({ url, key, json: asJson }, context) {
    const signal = AbortSignal.timeout(longestSeconds * 1000)
    const base = addressOf(url)
    const { settings } = await settingsFor(context)
    const { prefix } = settings.server
    const found = key ?? (await exampleOn(base, prefix, signal))
    const site = await openSite({ base, key: found, prefix, signer: settings.keys[0], ignored: settings.ignored }, signal)
    await refuseBlind(site)
    const results: Result[] = []
    if (asJson !== true) context.out.line(`${context.out.ink('bold', base.origin)}, by the picture ${found}`)
    for (const each of checks) {
      const result = await one(each, site, signal)
      if (asJson !== true) tell(result, results.at(-1)?.group, context)
      results.push(result)
    }
    const failed = results.filter(({ state }) => state === 'fail').length
    if (asJson === true) context.out.line(json({ ok: failed === 0, url: base.origin, key: found, results }))
    else summary(results, failed, context)
    return failed === 0 ? 0 : 1
  },
})

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') return url
  throw new Misuse(`Expected the address of a service, got "${text}".`, 'For instance: tintype check https://img.example.org')
}

/** A picture that the page at `/` shows. */
async function exampleOn(base: URL, prefix: string, signal: AbortSignal): Promise<string> {
  const { body, headers } = await send(base, '/', {}, signal)
  const at = prefix.replace(/\/$/, '')
  for (const [, path = ''] of headers['content-type']?.startsWith('text/html') === true
    ? body.toString().matchAll(/<img src="([^"?]*)/g)
    : []) {
    if (path.startsWith(`${at}/`)) return decodeURIComponent(path.slice(at.length + 1))
  }
  throw new Misuse('The service shows no picture by which it could be checked.', 'Name one that is there: --key photos/cat.jpg')
}

/** Where every URL would be refused, it is us who know too little. */
async function refuseBlind(site: Site): Promise<void> {
  const { status, body } = await site.picture('w=64&f=jpeg')
  if (status !== 403) return
  const said = body.subarray(0, 4000).toString()
  if (said.includes('presets-only'))
    throw new Misuse('This service answers presets alone; what they make it cannot be asked in other ways.')
  if (site.signed) throw new Misuse('The service takes no URL signed with this key.', 'TINTYPE_KEYS must hold one of its keys, the first.')
  if (said.includes('signature')) throw new Misuse('The service wants signed URLs.', 'Set TINTYPE_KEYS to one of its keys.')
}

async function one({ group, name, skip, run }: (typeof checks)[number], site: Site, signal: AbortSignal): Promise<Result> {
  const why = skip?.(site)
  if (why !== undefined) return { group, name, state: 'skip', note: why, milliseconds: 0 }
  const begun = performance.now()
  const done = (state: Result['state'], note: string): Result => ({
    group,
    name,
    state,
    note,
    milliseconds: Math.round(performance.now() - begun),
  })
  try {
    return done('ok', await run(site, signal))
  } catch (thrown) {
    if (thrown instanceof Wrong || thrown instanceof Trouble) return done('fail', thrown.message)
    if (thrown instanceof Error && !signal.aborted) return done('fail', thrown.message)
    throw new Trouble(`The service is too slow: the checks took longer than ${longestSeconds} s.`)
  }
}

const marks = { ok: ['green', '✓'], fail: ['red', '✗'], skip: ['dim', '–'] } as const

function tell({ group, name, state, note, milliseconds }: Result, before: string | undefined, { out: { line, ink } }: Context): void {
  if (group !== before) line(`\n${ink('bold', group)}`)
  const [colour, mark] = marks[state]
  const took = state === 'skip' ? '' : time(milliseconds)
  line(
    `  ${ink(colour, mark)} ${name.padEnd(30)} ${ink('dim', took.padStart(7))}  ${state === 'fail' ? ink('red', note) : ink('dim', note)}`.trimEnd(),
  )
}

function summary(results: readonly Result[], failed: number, { out: { line, ink } }: Context): void {
  const skipped = results.filter(({ state }) => state === 'skip').length
  const passed = results.length - failed - skipped
  line('')
  line(
    `${failed === 0 ? ink('green', 'All is well') : ink('red', `${failed} failed`)}: ${passed} of ${results.length - skipped} hold${skipped === 0 ? '' : `, ${skipped} do not apply`}.`,
  )
}
