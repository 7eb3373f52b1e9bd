import { createHash } from 'node:crypto'
import type { Failure } from '../../src/errors.ts'
import type { Facts } from '../../src/geometry/facts.ts'
import { sizeOf } from '../../src/pixels/in-file.ts'
import type { Job, Rendered, Renderer, RendererFigures } from '../../src/pixels/renderer.ts'
import { printRecipe } from '../../src/recipe/recipe.ts'
import { factsOf } from '../pictures.ts'

/** A renderer whose pictures are text: a digest of recipe and originals. For tests in which pixels do not matter. */
export class FakeRenderer implements Renderer {
  readonly concurrency: number
  readonly spare: number = 0
  rendered = 0
  inspected = 0
  /** What every job waits for; jobs cannot be stopped, like those in process. */
  before: Promise<unknown> | undefined
  failing: Failure | undefined
  isReady = true
  closed = false
  readonly forgotten: string[] = []
  readonly signals: AbortSignal[] = []

  constructor(concurrency = 2) {
    this.concurrency = concurrency
  }

  async render(job: Job, signal: AbortSignal): Promise<Rendered | Failure> {
    this.rendered += 1
    this.signals.push(signal)
    await this.before
    if (this.failing !== undefined) return this.failing
    const digest = createHash('sha256').update(printRecipe(job.recipe))
    for (const original of job.originals) digest.update(Buffer.isBuffer(original) ? original : JSON.stringify(original))
    const { format } = job.recipe.output
    return {
      facts: facts(job),
      findings: {},
      bytes: Buffer.from(`picture ${digest.digest('hex')}`),
      format: format === 'auto' ? (job.recipe.output.accepts[0] ?? 'jpeg') : format === 'keep' ? 'jpeg' : format,
      width: 100,
      height: 50,
      frames: 1,
      passedOn: false,
      timings: { inspect: 1, render: 2 },
    }
  }

  async inspect(job: Job): Promise<{ facts: readonly Facts[]; findings: Record<string, never> } | Failure> {
    this.inspected += 1
    await this.before
    return this.failing ?? { facts: facts(job), findings: {} }
  }

  async sanitise(svg: Buffer): Promise<Buffer | Failure> {
    await this.before
    return this.failing ?? Buffer.from(`safe ${svg}`)
  }

  async ready(): Promise<boolean> {
    return this.isReady
  }

  async formats(): Promise<{ versions: Record<string, string>; read: string[]; write: string[] }> {
    return { versions: { fake: '1' }, read: ['png'], write: ['png'] }
  }

  forget(name: string): void {
    this.forgotten.push(name)
  }

  figures(): RendererFigures {
    return { busy: 0, processes: 0, kills: 0, crashes: 0, starts: 0, rssBytes: 0, levelHits: 0, levelsMade: 0, levelBytes: 0 }
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

const facts = (job: Job): readonly Facts[] => job.originals.map((original) => factsOf(200, 100, { bytes: sizeOf(original) }))
