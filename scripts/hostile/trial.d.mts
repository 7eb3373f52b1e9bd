import type { Entry } from './corpus.d.mts'

/** A server that is on trial. */
export type OnTrial = {
  readonly pid: number
  get(target: string): Promise<{ readonly status: number; readonly headers: object; readonly body: Buffer; readonly ms: number }>
}

export type Trial = {
  /** Of the server, beside the folder of the corpus. */
  readonly settings: Readonly<Record<string, string>>
  /** A sentence where nobody can watch for connections to port 9. */
  readonly unwatched: string | undefined
  /** To be called once, before anything is asked. */
  begin(server: OnTrial): Promise<void>
  /** What is wrong about one file of the corpus, as sentences. */
  faults(entry: Entry): Promise<string[]>
  /** What is wrong after all of them, and figures of memory for a reader. */
  end(): Promise<{ readonly faults: readonly string[]; readonly figures: string }>
  close(): Promise<void>
}

export function openTrial(folder: string): Promise<Trial>
