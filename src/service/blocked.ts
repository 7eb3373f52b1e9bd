import { type StatsListener, unwatchFile, watchFile } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import { Failure } from '../errors.ts'
import type { BlockSettings } from './beside-fields.ts'

/** Bounds of the list: every key that comes is looked through for every line. */
export const mostLines = 5000
export const mostListBytes = 500_000
export const mostLineBytes = 2000

/** How often the file is looked at. */
const lookMilliseconds = 1000

/** Keys whose verdict is remembered. */
const mostVerdicts = 20_000

/** The list of originals that are never shown. */
export type Blocked = {
  /**
   * Is a picture refused, by what its original is called? A line counts as it stands and percent-decoded.
   * @param names  All ways in which the original may be called.
   */
  refuses(names: readonly string[]): boolean
  /** The lines of the file, each with its line break. */
  readonly text: string
  /** Does it take lines? */
  readonly grows: boolean
  /** Appends a line to the file, unless it is there: `block-full` beyond the bounds, `request-malformed` for none or one with line breaks. */
  add(line: string): Promise<undefined | Failure>
  close(): Promise<void>
}

/**
 * The list in the settings and in its file. Whoever writes the file, this process, another one or an editor: within a second or so it is read
 * again. One that cannot be read any more, or has become too long, leaves the list as it was, which is noted.
 * @throws `setting-invalid` for a file that cannot be read at the start, or is too long. One that is not there is empty.
 */
export async function openBlocked(
  { keys, file, put }: BlockSettings,
  note: (message: string, cause: unknown) => void,
): Promise<Blocked | undefined> {
  if (file === undefined && keys.length === 0) return undefined
  const verdicts = new LRUCache<string, boolean>({
    max: mostVerdicts,
    maxSize: 4_000_000,
    sizeCalculation: (_verdict, name) => name.length + 1,
  })
  let lines: readonly string[] = []
  let needles = needlesOf(keys)

  async function load(): Promise<void> {
    if (file === undefined) return
    lines = await linesOf(file)
    needles = needlesOf([...keys, ...lines])
    verdicts.clear()
  }
  await load().catch((cause: unknown) => {
    const why = cause instanceof Failure ? cause.message : 'it cannot be read'
    throw new Failure('setting-invalid', `block.file: expected a list that can be used; ${why}`, { parameter: 'block.file', cause })
  })
  const changed: StatsListener = () => {
    load().catch((cause: unknown) => note('The list of what is blocked could not be read again; it stays as it was.', cause))
  }
  if (file !== undefined) watchFile(file, { interval: lookMilliseconds, persistent: false }, changed)

  /** One after the other: two at once would each find room for the last line. */
  let adding: Promise<unknown> = Promise.resolve()
  async function append(path: string, line: string): Promise<undefined | Failure> {
    lines = await linesOf(path)
    if (!lines.includes(line)) {
      const bytes = lines.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, Buffer.byteLength(line) + 1)
      if (lines.length >= mostLines || bytes > mostListBytes) return tooLong()
      const handle = await open(path, 'a+', 0o644)
      try {
        const { size } = await handle.stat()
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
        // In one write, so that the lines of several processes stay apart. Editors may leave the last line without its end.
        await handle.write(bytesRead === 0 || buffer[0] === 0x0a ? `${line}\n` : `\n${line}\n`)
        await handle.sync()
      } finally {
        await handle.close()
      }
    }
    await load()
    return undefined
  }

  return {
    refuses(names) {
      const whole = names.join('\n') // no line holds a line break
      const known = verdicts.get(whole)
      if (known !== undefined) return known
      const refused = needles.some((needle) => whole.includes(needle))
      verdicts.set(whole, refused)
      return refused
    },
    get text() {
      return lines.map((line) => `${line}\n`).join('')
    },
    grows: file !== undefined && put,
    add(line) {
      if (file === undefined || line === '' || line.trim() !== line || /\p{Cc}/u.test(line) || Buffer.byteLength(line) > mostLineBytes)
        return Promise.resolve(new Failure('request-malformed', `Expected a text of 1 to ${mostLineBytes} bytes.`))
      const added = adding.then(() => append(file, line))
      adding = added.catch(() => {})
      return added
    },
    async close() {
      if (file !== undefined) unwatchFile(file, changed)
    },
  }
}

/** The lines of the file that say something. */
async function linesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
  if (found === undefined) return []
  if (found.size > mostListBytes) throw tooLong()
  const lines = (await readFile(path, 'utf8'))
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length > mostLines || lines.some((line) => Buffer.byteLength(line) > mostLineBytes)) throw tooLong()
  return lines
}

/** Each line as it stands, and what it says once decoded: URLs are told in both ways. */
function needlesOf(lines: readonly string[]): readonly string[] {
  return [...new Set(lines.flatMap((line) => [line, decodedName(line)]))].filter((needle) => needle.trim() !== '' && !needle.includes('\n'))
}

/** Percent-decoded where it can be; else as it is. */
export function decodedName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function tooLong(): Failure {
  return new Failure('block-full', `Expected at most ${mostLines} lines, ${mostLineBytes} bytes each and ${mostListBytes} together.`)
}
