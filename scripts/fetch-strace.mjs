// `node scripts/fetch-strace.mjs`: fetches strace, with which check 24 watches what drawing an SVG opens, where the machine has none. It comes as a
// package of Debian or Ubuntu, unpacked into a cache folder; nothing is installed. Prints the folder that a PATH needs, or says why there is none.
import { existsSync } from 'node:fs'
import { mkdtemp, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { environment, fetchPackages, Unavailable } from './test-aws/debian.mjs'
import { run } from './test-aws/run.mjs'

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tintype-test-safety')
const signal = AbortSignal.timeout(120_000)
const packages = { wanted: ['strace'], needed: /^(?:strace|lib)/ }

try {
  const root = await fetchPackages('strace', packages, { cache, log: console.error, signal })
  const place = join(root, 'start')
  if (!existsSync(place)) {
    const work = await mkdtemp(join(root, 'start-'))
    // Its libraries are for strace alone, not for what it starts.
    const { LD_LIBRARY_PATH: libraries } = environment(root)
    const words = `LD_LIBRARY_PATH='${libraries}' exec '${join(root, 'usr/bin/strace')}' -E LD_LIBRARY_PATH "$@"`
    await writeFile(join(work, 'strace'), `#!/bin/sh\n${words}\n`, { mode: 0o755 })
    const { code, output } = await run(join(work, 'strace'), ['--version'], { signal })
    if (code !== 0) throw new Unavailable(`it does not start: ${output.trim()}`)
    await rename(work, place)
  }
  console.log(place)
} catch (error) {
  console.error(`strace is not to be had: ${error?.message ?? error}`)
  process.exitCode = 1
}
