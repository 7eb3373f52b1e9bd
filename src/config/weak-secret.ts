/** Words of samples and tutorials; a key made of them alone is known to everyone. */
const sampleWords = [
  ...[
    'change',
    'changeme',
    'me',
    'my',
    'your',
    'this',
    'the',
    'a',
    'to',
    'in',
    'production',
    'please',
    'not',
    'do',
    'use',
    'with',
    'something',
  ],
  ...[
    'secret',
    'secure',
    'security',
    'key',
    'keys',
    'token',
    'password',
    'passwd',
    'pass',
    'private',
    'signing',
    'sign',
    'signature',
    'hmac',
  ],
  ...[
    'example',
    'sample',
    'default',
    'test',
    'testing',
    'demo',
    'dev',
    'development',
    'placeholder',
    'replace',
    'insert',
    'here',
    'random',
  ],
  ...['string', 'value', 'text', 'long', 'very', 'super', 'unsafe', 'insecure', 'foo', 'bar', 'baz', 'admin', 'root', 'tintype', 'thumbor'],
  ...[
    'imgproxy',
    'image',
    'images',
    'server',
    'service',
    'purge',
    'url',
    'api',
    'qwerty',
    'qwertyuiop',
    'abc',
    'abcdef',
    'xyz',
    'lorem',
    'ipsum',
  ],
]
const sample = new Set(sampleWords)

/**
 * Why a secret protects nothing; `undefined` for one that may do. It sees what is obviously no secret; it cannot see that one is good.
 * @param text  As the operator gave it.
 */
export function weakSecret(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty'
  if (/\s/.test(text)) return 'it has blanks or line breaks, as a file of several lines has'
  if (new Set(text).size < 6) return 'it has fewer than six different characters'
  if (repeats(text)) return 'it repeats a short text'
  if (climbs(text)) return 'its characters follow each other'
  if (isSample(text)) return 'it is a sample, known to everyone'
  return undefined
}

/** `abcabcabcabcabcabc`: a piece of up to a quarter of the text, over and over. */
function repeats(text: string): boolean {
  for (let length = 1; length <= text.length / 4; length++) {
    if (text.slice(length) === text.slice(0, -length)) return true
  }
  return false
}

/** `0123456789abcdef`, `abcdefghijklmnop`: nearly every character is the next, or the one before, of its neighbour. */
function climbs(text: string): boolean {
  const codes = [...text.toLowerCase()].map((mark) => '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(mark))
  const pairs = codes.slice(1).map((code, index) => code - (codes[index] ?? 0))
  // From 9 to 0 is a step up as well.
  const steps = (way: number): number =>
    pairs.filter((step, index) => (codes[index] ?? -1) >= 0 && (step === way || step === -9 * way)).length
  return Math.max(steps(1), steps(-1)) >= pairs.length * 0.8
}

/** `MY_SECURE_KEY`, `changeme-changeme-1`, `mysecretkey12345`: sample words, digits and marks, and nothing else. */
function isSample(text: string): boolean {
  const spaced = text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  const parts = spaced.split(/[^a-z]+/).filter((part) => part !== '')
  const digits = spaced.replace(/\D/g, '')
  return parts.length > 0 && digits.length <= 8 && parts.every((part) => madeOfWords(part))
}

/** Is the text sample words written together? Bounded: each position is looked at once. */
function madeOfWords(text: string): boolean {
  const reached = [true]
  for (let end = 1; end <= text.length; end++) {
    reached[end] = sampleWords.some((word) => word.length <= end && reached[end - word.length] === true && text.endsWith(word, end))
  }
  return sample.has(text) || reached[text.length] === true
}
