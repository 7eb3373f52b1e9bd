import type { Fields } from '../schema/field.ts'
import { choice, list, text } from '../schema/fields.ts'

/** What a Lambda function is told of the stack around it; a server has no use for it. See `docs/guide/aws.md`. */
export const awsFields = {
  resultBucket: text({
    doc: 'Bucket in which CloudFront looks first: every picture that may be kept is put there too.',
    max: 63,
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    expected: 'the name of a bucket',
  }),
  prerender: list(text({ doc: 'A preset.', max: 64 }), {
    doc: 'Presets that are made as soon as an original arrives in its bucket.',
    fallback: [],
  }),
  accepts: list(choice(['none', 'webp', 'avif', 'avif-webp'], { doc: 'A class of clients, by the formats that they take.' }), {
    doc: 'Classes of clients for which presets are made ahead of time.',
    max: 4,
    fallback: ['avif-webp'] as const,
  }),
} as const satisfies Fields
