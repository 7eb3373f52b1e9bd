// `npm run build:aws`: what is put on AWS, in dist-aws/: a zip for each architecture and the template that names them.
// `-- --code` bundles the function alone, into dist/aws/code, as every build does; `-- --template` prints the template alone, into dist/aws.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, root } from './build-aws/bundle.mjs'
import { firstChunks, tooEarly } from './build-aws/first-chunks.mjs'
import { ownZip } from './build-aws/own-zip.mjs'
import { template } from './build-aws/template.mjs'

/** What the function may weigh beyond sharp alone. */
const ours = 1_000_000
const out = join(root, 'dist-aws')
const only = (part) => process.argv.includes(`--${part}`)
let failed = false

const metafile = await bundle()
if (!only('code')) await writeTemplate()
if (!only('code') && !only('template')) await writeZips()
process.exitCode = failed ? 1 : 0

async function writeTemplate() {
  const text = await template()
  if (text === undefined) return complain('there is no template: infra/template.ts is not there')
  const folder = only('template') ? join(root, 'dist/aws') : out
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'tintype.template.json'), text)
  console.log(`${'tintype.template.json'.padEnd(26)} ${megabytes(Buffer.byteLength(text))}`)
}

async function writeZips() {
  const { packageCode } = await import('../dist/runtimes/cli/aws/package-code.js')
  await mkdir(out, { recursive: true })
  for (const architecture of ['x64', 'arm64']) {
    const name = `tintype-lambda-${architecture}.zip`
    const { zip, sha256 } = await packageCode({ architecture, signal: AbortSignal.timeout(300_000) })
    await writeFile(join(out, name), zip)
    const own = await ownZip(architecture)
    const beyond = zip.length - own
    console.log(
      `${name.padEnd(26)} ${megabytes(zip.length)}, sharp alone ${megabytes(own)}, beyond it ${megabytes(beyond)}; sha256 ${sha256}`,
    )
    if (beyond > ours) complain(`${name} is larger than sharp alone by more than ${megabytes(ours)}`)
  }
  const first = firstChunks(metafile)
  console.log(`loaded at the start: ${first.files.length} files, ${megabytes(first.bytes)}`)
  for (const path of tooEarly(first)) complain(`${path} is loaded at the start; it is to be loaded when it is needed`)
}

function complain(message) {
  console.error(`FAILED ${message}`)
  failed = true
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
