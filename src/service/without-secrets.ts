/**
 * A request target fit for a log: values that prove something are cut out (signatures, tokens, credentials, passwords), at the top and in
 * URLs that lie encoded inside it; what could forge a line or steer a terminal is spelt out; at most 2,000 characters of it.
 */
export function withoutSecrets(target: string): string {
  const plain = cut(target.slice(0, longest).replace(wrapped, hideWrapped))
  return escapeControls(target.length > longest ? `${plain}…` : plain)
}

function cut(text: string): string {
  return text.replace(secretValue, '$1***').replace(password, '$1***$2')
}

/** A URL wrapped in base64 stays as it came, unless there is a secret in it. */
function hideWrapped(whole: string, mark: string, code: string): string {
  const inside = Buffer.from(code, 'base64url').toString()
  return cut(inside) === inside ? whole : `${mark}***`
}

/** Control characters and those that turn the direction of text, as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(steering, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const longest = 2000

const names = [
  's',
  'sig',
  'signature',
  'token',
  '[a-z_]*token',
  'secret',
  'password',
  'key-pair-id',
  'policy',
  'awsaccesskeyid',
  'x-amz-(?:signature|credential|security-token)',
  'x-goog-(?:signature|credential)',
  // No name needs its letters encoded: who does it may mean any of these.
  '[\\w-]{0,40}%[4-7][0-9a-f](?:[\\w-]|%[4-7][0-9a-f]){0,40}',
].join('|')

/** `?` or `&`, the name, `=`, and what lies before the next `&`; each also percent-encoded once or twice. */
const secretValue = new RegExp(`((?:[?&]|%(?:25)?(?:3F|26))(?:${names})(?:=|%(?:25)?3D))(?:(?!%(?:25)?(?:26|23))[^&#\\s])+`, 'gi')

/** A key in base64. */
const wrapped = /(b64(?::|%(?:25)?3A))([A-Za-z0-9_-]+)/gi

/** `https://user:word@host`, or with its signs encoded. */
const password = /((?::|%3A)(?:\/|%2F){1,2}(?:(?!%2F|%40)[^/@?&\s]){0,200}?(?::|%3A))(?:(?!%2F|%40)[^/@?&\s]){1,200}(@|%40)/gi

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a log or a terminal.
const steering = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
