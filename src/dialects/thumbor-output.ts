import type { Output } from '../recipe/output.ts'
import type { Delivery } from './dialect.ts'
import type { Call } from './thumbor-calls.ts'

export function thumborOutput(
  _settings: unknown,
  calls: readonly Call[],
): { output: Partial<Output>; delivery: Partial<Delivery>; dropped: readonly string[] } {
  const last = (name: string) => calls.findLast((call) => call.name === name)?.args[0]
  const format = String(last('format') ?? '')
    .toLowerCase()
    .replace('jpg', 'jpeg')
  const q = last('quality')
  return {
    output: {
      format: (['jpeg', 'png', 'webp', 'avif', 'gif'].includes(format) ? format : 'keep') as Output['format'],
      qualityScale: 'own',
      metadata: 'none',
      ...(q === undefined ? { qualities: { jpeg: 80, webp: 80, avif: 80 } } : { quality: Math.min(100, Math.max(1, Number(q))) }),
    },
    delivery: {},
    dropped: [],
  }
}
