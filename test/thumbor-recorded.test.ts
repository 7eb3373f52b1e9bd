import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { target } from '../scripts/thumbor/address.mjs'
import { digest, type Recorded } from '../scripts/thumbor/ask.mjs'
import { judge } from '../scripts/thumbor/judge.mjs'
import { serveOriginals } from '../scripts/thumbor/originals.mjs'
import { drawnRows, type Row } from '../scripts/thumbor/urls.mjs'
import { type Composed, compose } from '../src/compose.ts'
import { readSettings } from '../src/config/read.ts'
import { corpus } from './corpus.ts'

/**
 * What a running Thumbor answered, against what we answer: `scripts/thumbor/compare.mjs --record` wrote it. Sizes, types and statuses are exact,
 * pictures near; scripts/thumbor/differences.mjs names the rows that differ by intent, and how far those are compared.
 */
const recording = new URL('vectors/thumbor/recorded.json', import.meta.url)
const { rows } = JSON.parse(readFileSync(recording, 'utf8')) as { readonly rows: readonly (Row & Recorded)[] }

const valid = corpus('valid')
const files = new Set(valid?.files.map(({ file }) => `corpus/${file}`))
/** Is the original drawn, or in the corpus that is here? */
const isHere = ({ original }: Row): boolean => !original.startsWith('corpus/') || files.has(original)

it('were recorded over the URLs that are listed now', () => {
  const paths = (some: readonly Row[]): string[] => some.map(({ path }) => path)
  const drawn = drawnRows()
  expect(paths(rows).slice(0, drawn.length)).toEqual(paths(drawn))
  expect(drawn.length).toBeGreaterThan(350)
})

describe('the answers of Thumbor', () => {
  let origin: Awaited<ReturnType<typeof serveOriginals>>
  let composed: Composed

  beforeAll(async () => {
    origin = await serveOriginals({ corpus: valid?.folder })
    const read = readSettings({
      file: {
        log: { level: 'silent' },
        render: { form: 'in-process' },
        thumbor: { smart: false }, // the Thumbor that answered had no detector
        store: { kinds: ['memory'] },
        source: { http: { allow: [origin.url.replace('http://', '')], addresses: ['127.0.0.1'] } },
      },
    })
    if (read.kind === 'failures') throw read.failures[0]
    composed = await compose(read.settings)
  })
  afterAll(async () => {
    await composed?.close()
    await origin?.close()
  })

  /** What is wrong with our answer to a row, behind its path. */
  async function faults(row: Row & Recorded): Promise<readonly string[]> {
    const ask = { method: 'GET', target: `/thumbor${target(row.path, origin.url)}`, headers: {}, signal: new AbortController().signal }
    const { status, headers, body = Buffer.alloc(0) } = await composed.service.handle(ask)
    const found = judge(row, row, await digest({ status, headers, body: Buffer.from(body) })).faults
    return found.map((fault) => `${row.path}: ${fault}`)
  }

  const features = [...new Set(rows.map(({ feature }) => feature))]
  it.each(features)('hold for %s', { timeout: 180_000 }, async (feature) => {
    const found: string[] = []
    for (const row of rows.filter((each) => each.feature === feature && isHere(each))) found.push(...(await faults(row)))
    expect(found).toEqual([])
  })
})
