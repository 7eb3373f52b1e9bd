import type { Fields, Values } from '../schema/field.ts'
import { boolean, choice } from '../schema/fields.ts'

/** How the service is watched. */
export const watchFields = {
  level: choice(['debug', 'info', 'warn', 'error', 'silent'], {
    doc: 'Least that is worth a line in the log; `debug` adds stacks and the checks of /health.',
    fallback: 'info',
  }),
  format: choice(['auto', 'json', 'pretty'], {
    doc: 'One JSON object a line, or lines for a person; `auto` is `pretty` in a terminal and `json` elsewhere.',
    fallback: 'auto',
  }),
  metrics: boolean({ doc: 'Count for Prometheus, and answer /metrics.', fallback: true }),
} as const satisfies Fields

export type WatchSettings = Values<typeof watchFields>
