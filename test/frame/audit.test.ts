import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/audit.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tintype-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))

const flaw = { source: 1, name: 'left', severity: 'high', title: 'Pads too far.', url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc' }
const bad = { auditReportVersion: 2, vulnerabilities: { left: { via: [flaw] }, above: { via: ['left'] } } }
const clean = { auditReportVersion: 2, vulnerabilities: {} }
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const reason = 'Only the tests load it, and with texts of ours.'
const exception = { advisory: 'GHSA-aaaa-bbbb-cccc', reason, until: inDays(30) }

it.each([
  ['a clean report', clean, [], 0, /^$/],
  ['a flaw, once', bad, [], 1, /^left \(high\): Pads too far\. \S+\n$/],
  ['a flaw that is excepted', bad, [exception], 0, /^$/],
  ['an exception of another flaw', bad, [{ ...exception, advisory: 'GHSA-dddd-eeee-ffff' }], 1, /left/],
  ['an exception that ended', clean, [{ ...exception, until: inDays(-1) }], 1, /ended on/],
  ['an exception for ever', clean, [{ ...exception, until: '2099-01-01' }], 1, /at most 90/],
  ['an exception without a reason', clean, [{ ...exception, reason: 'later' }], 1, /reason/],
  ['an exception that is none', clean, [null], 1, /advisory/],
  ['a registry that refuses', { message: '405 Method Not Allowed' }, [], 0, /^skipped: .*405/],
  ['a registry that is not there', '', [], 0, /^skipped: .*no answer/],
  ['no registry, and an exception that ended', '', [{ ...exception, until: inDays(-1) }], 1, /ended on/],
])('%s', (_, report, exceptions, code, said) => {
  const [file, list] = [join(folder, 'report.json'), join(folder, 'exceptions.json')]
  writeFileSync(file, typeof report === 'string' ? report : JSON.stringify(report))
  writeFileSync(list, JSON.stringify(exceptions))
  const { status, stdout } = spawnSync(process.execPath, [script, '--report', file, '--exceptions', list], { encoding: 'utf8' })
  expect([status, stdout]).toEqual([code, expect.stringMatching(said)])
})
