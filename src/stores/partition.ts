import { createHash } from 'node:crypto'
import { checkName } from './names.ts'
import type { Store } from './store.ts'

/**
 * The store as one user of it sees it who shares it with others: what they keep under the same names is not his. Two services with one
 * folder for their results, whose `photos:cat.jpg` lie in different places, must not answer with each other's pictures.
 * @param user  Text that tells one user from another.
 */
export function partition(store: Store, user: string): Store {
  const own = (original: string): string => {
    checkName(original)
    return createHash('sha256').update(`${user}\n${original}`).digest('hex').slice(0, 32)
  }
  return {
    get: async (original, name, signal) => store.get(own(original), name, signal),
    put: async (original, name, entry, signal) => store.put(own(original), name, entry, signal),
    touch: async (original, name, meta, signal) => store.touch(own(original), name, meta, signal),
    purge: async (original, signal) => store.purge(own(original), signal),
    figures: () => store.figures(),
    close: () => store.close(),
  }
}
