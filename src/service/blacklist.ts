import type { Blocked } from './blocked.ts'
import type { Endpoint } from './endpoint.ts'
import { type WritePermit, writeRefusal } from './may-write.ts'
import { plain } from './pages.ts'

/**
 * `blacklist`: the list of what is blocked as text, and, where it may grow, `PUT blacklist?TEXT` for one more line: the query as it stands,
 * undecoded. For those who may write alone: what is not shown is nobody else's business.
 */
export function blacklist(blocked: Blocked, permit: WritePermit): Endpoint {
  return {
    at(path) {
      if (path !== '/blacklist') return undefined
      return {
        methods: ['GET', 'HEAD', ...(blocked.grows ? ['PUT'] : [])],
        async answer(ask) {
          const refusal = writeRefusal(ask, permit)
          if (refusal !== undefined) return refusal
          if (ask.method === 'PUT') {
            const query = ask.target.indexOf('?')
            const failed = await blocked.add(query < 0 ? '' : ask.target.slice(query + 1))
            if (failed !== undefined) return failed
          }
          return { answer: plain(200, ask.method === 'PUT' ? '' : blocked.text) }
        },
      }
    },
  }
}
