// The S3 client, source and store, and the whole service on them, against a real S3 server: Ceph's radosgw (see radosgw.mjs).
import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Unavailable } from './debian.mjs'
import { fetchCeph, startRadosgw } from './radosgw.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const name = 's3-server'

/**
 * @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools
 * @returns {Promise<{ passed: number, failed: number, skipped?: string }>}
 */
export async function run({ cache, log, signal }) {
  const user = { accessKeyId: 'AKIATINTYPETEST', secretAccessKey: 'wJalr/K7MDENG+bPxRfi=CYEXAMPLEKEY' }
  let ceph
  try {
    ceph = await fetchCeph({ cache, log, signal })
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { passed: 0, failed: 0, skipped: error.message }
  }
  const server = await startRadosgw(ceph, { ...user, log, signal })
  try {
    return await testAgainst({ url: server.url, region: 'us-east-1', ...user }, { log, signal })
  } finally {
    await server.stop()
  }
}

/** Runs `test/aws/*.server.ts` and counts by vitest's own report. */
async function testAgainst(server, { log, signal }) {
  const report = join(tmpdir(), `tintype-s3-server-${process.pid}.json`)
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/aws/s3-server.config.ts']
  try {
    const code = await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...args, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], {
        cwd: root,
        env: { ...process.env, NO_COLOR: '1', TINTYPE_TEST_S3: JSON.stringify(server) },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      })
      for (const stream of [child.stdout, child.stderr]) {
        let rest = ''
        stream.setEncoding('utf8').on('data', (text) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop()
          for (const line of lines) log(line)
        })
      }
      child.once('error', reject)
      child.once('close', resolve)
    })
    const { numPassedTests: passed, numFailedTests, numTotalTests } = JSON.parse(await readFile(report, 'utf8'))
    // A file that does not load has no tests to fail, and a run without tests proves nothing.
    const failed = Math.max(numFailedTests, code === 0 && numTotalTests > 0 ? 0 : 1)
    return { passed, failed }
  } finally {
    await rm(report, { force: true })
  }
}
