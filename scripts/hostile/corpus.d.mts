/** One file, and what is right to do with it; a field that is absent or unknown demands nothing. */
export type Entry = { readonly file: string; readonly kind?: string; readonly expect?: string }

export function readCorpus(folder: string): Entry[]
