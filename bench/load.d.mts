export type Answered = {
  readonly status: number
  readonly ms: number
  readonly at: number
  readonly retryAfter: string | undefined
  readonly code: string | undefined
}
export function closed(port: number, targetOf: () => string, options: { clients: number; seconds: number }): Promise<Answered[]>
export function open(port: number, targetOf: () => string, options: { perSecond: number; seconds: number }): Promise<Answered[]>
export function ask(port: number, path: string, agent?: import('node:http').Agent, began?: number): Promise<Answered>
export function quantile(values: readonly number[], share: number): number
export function sizes(key: string): () => string
