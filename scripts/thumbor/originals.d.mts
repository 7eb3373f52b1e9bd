export function serveOriginals(options?: {
  readonly port?: number
  readonly corpus?: string | undefined
}): Promise<{ readonly url: string; close(): Promise<void> }>
