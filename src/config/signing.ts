import type { Settings } from './read.ts'

type Given = Pick<Settings, 'keys' | 'thumbor'>

/** The keys that count in every dialect: those of the house; where only Thumbor's URLs have some, these, so that no other dialect is a way round them. */
export function houseKeys({ keys, thumbor }: Given): readonly string[] {
  return keys.length > 0 ? keys : thumbor.keys
}

/** Can nobody ask for a picture whose URL was not signed? */
export function signedOnly(settings: Given): boolean {
  const { prefix, unsafe } = settings.thumbor
  return houseKeys(settings).length > 0 && (prefix === 'none' || !unsafe)
}
