// `npm run test:aws`: what of AWS can be tried on one machine, but not with npm alone. Each part says whether it holds; one that needs what this
// machine has not is skipped, and says so. The last line is `N passed, N failed`. Words behind it choose parts by their names.
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as edge from './test-aws/edge.mjs'
import * as lambdaRuntime from './test-aws/lambda-runtime.mjs'
import * as s3Server from './test-aws/s3-server.mjs'
import * as zips from './test-aws/zips.mjs'

const parts = [edge, zips, lambdaRuntime, s3Server]
const wanted = process.argv.slice(2)
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tintype-test-aws')
const mostMs = 600_000
const total = { passed: 0, failed: 0 }

for (const part of parts) {
  if (wanted.length > 0 && !wanted.includes(part.name)) continue
  const began = performance.now()
  const log = (line) => console.log(`  ${line}`)
  console.log(part.name)
  try {
    const { passed, failed, skipped } = await part.run({ cache, log, signal: AbortSignal.timeout(mostMs) })
    total.passed += passed
    total.failed += failed
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    console.log(`  ${skipped === undefined ? `${passed} passed, ${failed} failed` : `SKIPPED ${skipped}`} (${seconds} s)`)
  } catch (error) {
    total.failed += 1
    console.log(`  FAILED ${error?.stack ?? error}`)
  }
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
