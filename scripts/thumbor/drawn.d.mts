export const drawnNames: readonly string[]
export function drawnOriginal(name: string): Promise<Buffer | undefined>
