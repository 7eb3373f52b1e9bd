/** What one of the processes can ask of all of them: to forget an original, by its name, or to tell what it counted. */
export type Question = { readonly kind: 'forget'; readonly name: string } | { readonly kind: 'counts' }

/** What a process said to a question; a failure where it could not do what was asked. */
export type Said = { readonly value: unknown } | { readonly failed: string }

/** From a serving process to the primary. */
export type Upward =
  /** Put this to all; `ask` is a number of the asker's own. */
  | { readonly kind: 'ask'; readonly ask: number; readonly question: Question; readonly seconds: number }
  | { readonly kind: 'said'; readonly round: number; readonly said: Said }

/** From the primary to a serving process. */
export type Downward =
  | { readonly kind: 'question'; readonly round: number; readonly question: Question }
  /** What they said; `missing` is how many said nothing in time. */
  | { readonly kind: 'answer'; readonly ask: number; readonly said: readonly Said[]; readonly missing: number }
  /** Stop in order, as at a SIGTERM. */
  | { readonly kind: 'stop' }

/** What a serving process is told in its environment when it is started. */
export type Place = {
  /** Which of them it is, from 1; who takes the place of a lost one has its number. */
  readonly index: number
  /** The first of all: it greets whoever started the program. */
  readonly first: boolean
  /** The port where the others listen; absent while the settings say all. */
  readonly port?: number
}

/** No `TINTYPE_` before it: it is no setting. */
export const placeVariable = 'LISTENER_OF_TINTYPE'
