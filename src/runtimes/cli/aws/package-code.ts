import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packFonts } from '../../../pixels/font-pack.ts'
import { fontFolder } from '../../../pixels/fonts.ts'
import { orLeave } from '../../../service/or-leave.ts'
import { sharpFiles } from './sharp-files.ts'
import { type ZipFile, zip } from './zip.ts'

/** What a Lambda function may run on, by the names of npm. */
export type Architecture = 'x64' | 'arm64'

/** The code of the function, without sharp and fonts: the package brings it, `npm run build` makes it. */
const bundled = fileURLToPath(new URL('../../../../dist/aws/code', import.meta.url))

/**
 * The code of the Lambda function as CloudFormation takes it from a bucket: a zip with `index.handler` and `index.streaming`, and below
 * `samples/` a few pictures. It takes some ten seconds. The same package makes the same bytes for an architecture, so `sha256` (hex) names them.
 * @throws when the code was not built, or when npm cannot fetch sharp for that architecture; the reason of the signal as soon as it aborts.
 */
export async function packageCode(options: {
  readonly architecture: Architecture
  readonly signal: AbortSignal
}): Promise<{ readonly zip: Uint8Array; readonly sha256: string }> {
  options.signal.throwIfAborted()
  const bytes = await orLeave(pack(options.architecture, options.signal), options.signal) // nothing stops a compressor, but nobody need wait
  return { zip: bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function pack(architecture: Architecture, signal: AbortSignal): Promise<Uint8Array> {
  const [code, sharp, fonts] = await Promise.all([bundledCode(), sharpFiles(architecture, signal), packFonts(fontFolder)])
  signal.throwIfAborted()
  return zip([...code, ...sharp, { name: 'assets/fonts.br', bytes: fonts }])
}

async function bundledCode(): Promise<readonly ZipFile[]> {
  const entries = await readdir(bundled, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Error('The code of the function is not built: npm run build makes it.', { cause })
  })
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map(async (path) => ({ name: relative(bundled, path).split(sep).join('/'), bytes: await readFile(path) })),
  )
}
