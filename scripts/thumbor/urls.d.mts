export type Row = { readonly feature: string; readonly path: string; readonly original: string }
export function drawnRows(): readonly Row[]
export function corpusRows(
  files: readonly {
    readonly file: string
    readonly sharpDecodes?: boolean
    readonly pages?: number | null
    readonly format?: string | undefined
  }[],
): readonly Row[]
