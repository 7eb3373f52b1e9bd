import { nativeAliases } from 'tintype/sign'
import { viewerRequest } from '#viewer-request'
import { type Conditions, textWhen } from './values.ts'

/** What the function at the edge and the one behind it must agree about: the defaults of TINTYPE_IGNORED and TINTYPE_SERVER_PREFIX. */
export const agreed = { ignored: ['utm_*', 'fbclid', 'gclid', '_'], prefix: '/i' } as const

/** The code of the function at the edge, in two versions: one that checks signatures, and one that asks no store of keys. */
export function viewerRequestCode(conditions: Conditions): string {
  const checking = viewerRequest({ ...agreed, names: nativeAliases(), verify: true })
  return textWhen(conditions.edge, checking, viewerRequest(agreed))
}
