export function target(path: string, originals: string): string
