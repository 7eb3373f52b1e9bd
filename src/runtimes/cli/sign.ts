import { signNative } from '../../sign.ts'
import { command, json, Misuse } from './command.ts'
import { readDuration } from './duration.ts'
import { settingsFor } from './settings.ts'

export const sign = command({
  doc: 'Prints a URL with its signature, made with the first key of the settings.',
  usage: 'URL [--expires 1h]',
  args: {
    url: { type: 'positional', required: true, description: 'Whole, or from its path on: /i/cat.jpg?w=300.' },
    expires: { type: 'string', valueHint: 'TIME', description: 'How long it is good: 90s, 15m, 1h, 7d.' },
    canonical: { type: 'boolean', description: 'Spell the whole URL canonically, so that the edge of a CDN can check it.' },
    json: { type: 'boolean', description: 'As JSON.' },
  },
  settings: true,
  examples: ['TINTYPE_KEYS=… tintype sign "/i/cat.jpg?w=300"', 'tintype sign "https://img.example/i/cat.jpg?w=300" --expires 1h'],
  async run({ url, expires, canonical, json: asJson }, context) {
    const { settings } = await settingsFor(context)
    const [key] = settings.keys
    if (key === undefined)
      throw new Misuse('There is no key to sign with.', 'Set TINTYPE_KEYS, for instance to what `openssl rand -hex 32` prints.')
    const seconds = expires === undefined ? undefined : readDuration(expires)
    if (expires !== undefined && seconds === undefined)
      throw new Misuse(`--expires: expected a time such as 90s, 15m, 1h or 7d, got "${expires}".`)
    const until = seconds === undefined ? undefined : Math.floor(Date.now() / 1000) + seconds
    const { prefix } = settings.server
    const options = { prefix, ignored: settings.ignored, canonical: canonical === true }
    const signed = signNative(url, key, { ...options, ...(until === undefined ? {} : { expires: until }) })
    context.out.line(asJson ? json({ url: signed, ...(until === undefined ? {} : { expires: until }) }) : signed)
    return 0
  },
})
