import { Failure } from '../errors.ts'
import { blacklist } from './blacklist.ts'
import type { Endpoint } from './endpoint.ts'
import { healthcheck } from './healthcheck.ts'
import type { Tools } from './pictures.ts'
import { uploads } from './uploads.ts'

/**
 * What the parts of a service say that there is beside pictures.
 * @throws `setting-invalid` where uploads are to go to a source that is not there, or cannot be written to.
 */
export function besideOf(tools: Tools, purge: (key: string, signal: AbortSignal) => Promise<unknown>): readonly Endpoint[] {
  const { beside, blocked, sources } = tools.parts
  if (beside === undefined) return []
  const { permit, upload } = beside
  const taking: Endpoint[] = []
  if (upload !== undefined) {
    const writer = sources.get(upload.source)?.writer
    if (writer === undefined)
      throw new Failure('setting-invalid', `upload.source: the source "${upload.source}" cannot be written to.`, {
        parameter: 'upload.source',
      })
    taking.push(uploads(tools, { settings: upload, permit, writer, purge }))
  }
  return [healthcheck, ...taking, ...(blocked === undefined ? [] : [blacklist(blocked, permit)])]
}
