export type Fault = { readonly id: string; readonly field: string; readonly expected: unknown; readonly got: unknown }

export const files: readonly string[]

export function load(root: URL | string, ending: '.js' | '.ts'): Promise<object>

export function judge(vectors: unknown, functions: object): readonly (readonly Fault[])[]
