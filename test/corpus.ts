import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One file of a corpus, as its `index.json` lists it; the fields that tests use. */
export type CorpusFile = {
  readonly file: string
  readonly bytes: number
  readonly note: string
  /** Valid files: what the file is, as sharp reports it. */
  readonly format?: string
  readonly width?: number | null
  readonly height?: number | null
  readonly orientation?: number | null
  readonly pages?: number | null
  readonly hasAlpha?: boolean | null
  readonly icc?: number
  readonly sharpReadsHeader?: boolean
  readonly sharpDecodes?: boolean
  /** Hostile files: class of the fault, what is right to do, and what must not come of it. */
  readonly kind?: string
  readonly expect?: 'error 4xx' | 'decodes' | 'decodes or error'
  readonly status?: number
  readonly mustNotContain?: string
  readonly mustNotConnect?: boolean
}

export type Corpus = { readonly folder: string; readonly files: readonly CorpusFile[] }

/** Where the corpora lie when nothing else is said: beside the repository, since most of their files are not ours to pass on. */
const beside = fileURLToPath(new URL('../../shared/corpus', import.meta.url))

const told = new Set<string>()

/**
 * A folder of pictures that must work (`valid`) or must do no harm (`hostile`), with its index; `undefined` when it is absent, which it says
 * once. `TINTYPE_CORPUS` may name another folder that holds both.
 */
export function corpus(kind: 'valid' | 'hostile'): Corpus | undefined {
  const folder = join(process.env.TINTYPE_CORPUS ?? beside, kind)
  const index = join(folder, 'index.json')
  if (existsSync(index)) return { folder, files: JSON.parse(readFileSync(index, 'utf8')) as CorpusFile[] }
  if (!told.has(folder))
    process.stderr.write(`The ${kind} corpus is absent (${folder}): its tests are left out. TINTYPE_CORPUS may name another.\n`)
  told.add(folder)
  return undefined
}
