import type { Statuses } from './dialect.ts'

/**
 * Statuses as Thumbor's clients know them: what is refused or is no picture is 400, what the origin refuses is 404. Kinder on purpose where
 * Thumbor answers 500 to a refused connection and 404 to a broken origin: those stay 502 and 504, so that a proxy may try again.
 */
export const thumborStatuses: Statuses = {
  'signature-missing': 400,
  'signature-wrong': 400,
  'source-unknown': 400,
  'source-forbidden': 400,
  'address-forbidden': 400,
  'origin-failed': ({ originStatus = 0 }) => (originStatus >= 400 && originStatus < 500 ? 404 : undefined),
  'original-not-image': 400,
  'original-format-off': 400,
  'original-damaged': 400,
  'original-too-large': 400,
  'original-too-many-pixels': 400,
  'original-too-many-frames': 400,
}
