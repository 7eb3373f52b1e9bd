import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Composed, compose } from '../../src/compose.ts'
import { readSettings } from '../../src/config/read.ts'
import type { Answer } from '../../src/service/ask.ts'

let folder: string
const opened: Composed[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-demo-'))
})
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()))
  await rm(folder, { recursive: true, force: true })
})

/** A service at a public address, which has nothing of its own. */
async function open(settings: Record<string, unknown>): Promise<(target: string) => Promise<Answer>> {
  const quiet = { log: { level: 'silent' }, render: { form: 'in-process' }, store: { kinds: ['memory'] }, server: { host: '0.0.0.0' } }
  const read = readSettings({ file: { ...quiet, ...settings } })
  if (read.kind === 'failures') throw read.failures[0]
  const composed = await compose(read.settings)
  opened.push(composed)
  return (target) => composed.service.handle({ method: 'GET', target, headers: {}, signal: AbortSignal.timeout(30_000) })
}

/** The pictures that the page at `/` shows. */
async function shown(ask: (target: string) => Promise<Answer>): Promise<readonly string[]> {
  const page = (await ask('/')).body?.toString() ?? ''
  const found = [...page.matchAll(/(?:src|href)="([^"]+\?[^"]*)"|([^" ,]+\?\S+) \d+w/g)].map(([, one, other]) =>
    (one ?? other ?? '').replaceAll('&amp;', '&'),
  )
  return [...new Set(found)]
}

describe('the sample pictures', () => {
  test.each([
    ['to anyone', {}],
    ['signed', { keys: ['f3A9-kq81-ZZp0-77mw'] }],
  ])('are shown %s, and every address on the page is answered', { timeout: 60_000 }, async (_how, more) => {
    const ask = await open({ demo: true, ...more })
    const targets = await shown(ask)
    expect(targets.length).toBeGreaterThan(9)
    for (const target of targets) {
      expect(target).toMatch(/^\/i\/demo:[\w.-]+\?/)
      const { status, headers } = await ask(target)
      expect({ target, status, type: headers['content-type'] }).toEqual({
        ...{ target, status: 200 },
        type: target.includes('f=json') ? 'application/json' : expect.stringMatching(/^image\//),
      })
    }
  })

  test('are signed one by one: another size is not', async () => {
    const ask = await open({ demo: true, keys: ['f3A9-kq81-ZZp0-77mw'] })
    const [first = ''] = await shown(ask)
    expect((await ask(first.replace(/w=\d+/, 'w=77'))).status).toBe(403)
  })

  test('stay away unless asked for, where presets alone are answered, and where an operator uses their name', async () => {
    const off = await open({})
    expect(await shown(off)).toEqual([])
    expect((await off('/i/demo:landscape.jpg?w=60')).status).toBe(403)
    expect(await shown(await open({ demo: true, presetsOnly: true, presets: { thumb: 'w=200' } }))).toEqual([])
    const own = await open({ demo: true, sources: { demo: { kind: 'file', root: folder } } })
    expect(await shown(own)).toEqual([])
    expect((await own('/i/demo:landscape.jpg?w=60')).status).toBe(404)
  })
})
