import { createHash } from 'node:crypto'
import { type Said, valueInForce } from './parameters.ts'
import type { Template } from './template.ts'

/**
 * The name of a deployment, from all that is in it: another code, template or value gives another name, and with it another version of the
 * function; the same gives the same, so that nothing is changed.
 */
export function releaseOf(template: Template, said: Said, before: Said | undefined): string {
  const hash = createHash('sha256').update(template.sha256)
  for (const name of Object.keys(template.parameters).sort()) {
    if (name !== 'Release') hash.update(`\n${name}=${valueInForce(name, said, before, template.parameters)}`)
  }
  return hash.digest('hex').slice(0, 12)
}
