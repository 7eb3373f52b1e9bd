import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTrial, type Trial } from '../../scripts/hostile/trial.mjs'
import { type Corpus, corpus } from '../corpus.ts'
import { openServer, type Server } from './server.ts'

/** Every file of the corpora over HTTP, by the real server with its defaults, each in several shapes, judged as `npm run hostile` does. */

const valid = corpus('valid')
const hostile = corpus('hostile')
/** One file in all shapes: a drawing that never ends takes the whole time of a drawing in each. */
const fileMs = 120_000

let trial: Trial
let server: Server

function onTrial(found: Corpus | undefined): void {
  beforeAll(async () => {
    if (found === undefined) return
    trial = await openTrial(found.folder)
    if (trial.unwatched !== undefined) process.stderr.write(`${trial.unwatched}\n`)
    server = await openServer(trial.settings, found.folder)
    await trial.begin({ pid: server.pid, get: (target) => server.get(target, {}, { timeoutMs: fileMs }) })
  })
  afterAll(async () => {
    if (found === undefined) return
    await trial.close()
    await server.stop()
  })
}

describe.skipIf(valid === undefined)('valid files', () => {
  onTrial(valid)
  const files = valid?.files ?? []

  it.each(files)('check 12: $file ($format, decodes: $sharpDecodes)', { timeout: fileMs }, async (file) => {
    expect(await trial.faults(file)).toEqual([])
  })

  it('check 12: afterwards it holds no more than it should, and works as before', async () => {
    expect((await trial.end()).faults).toEqual([])
  })
})

describe.skipIf(hostile === undefined)('hostile files', () => {
  onTrial(hostile)
  const files = hostile?.files ?? []

  const asked = new Set<string>()

  it.each(files)('check 13: $file ($kind): $expect', { timeout: fileMs }, async (file) => {
    asked.add(file.file)
    expect(await trial.faults(file)).toEqual([])
  })

  it('check 14: afterwards it holds no more than it should, and works as before', { timeout: 5 * fileMs }, async () => {
    // Alone, this check has nothing before it.
    for (const file of files) if (!asked.has(file.file)) await trial.faults(file)
    expect((await trial.end()).faults).toEqual([])
  })

  it('check 14: no decoder crashed', async () => {
    expect((await server.get('/metrics')).body.toString()).toMatch(/^tintype_renderer_crashes_total 0$/m)
  })
})
