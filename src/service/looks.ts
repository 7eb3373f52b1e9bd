import { LRUCache } from 'lru-cache'
import type { Findings } from '../geometry/facts.ts'
import { type Look, looksOf } from '../recipe/looks.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { nameOf } from './names.ts'
import type { Version } from './version.ts'

/** A recipe on one version of an original. */
export type Seen = { readonly recipe: Recipe; readonly name: string; readonly version: Version }

/** The findings that are known of it, and where to say what else is found. */
export type Recalled = { readonly findings: Findings; keep(findings: Findings): void }

/** Most findings that are remembered: a handful of numbers each, sixteen areas at most; a few MB when full of those. */
const most = 4000

/**
 * What looks at the pixels of originals found: a picture that is asked for in many sizes is looked at once. Looking takes as long as decoding,
 * and a detector may take longer. Nothing is remembered of an original that nobody may keep, nor of what others lay on when it was looked at.
 */
export class Looks {
  readonly #found = new LRUCache<string, NonNullable<Findings[keyof Findings]>>({ max: most })
  /** How often: what was looked at before may be another version under the same name. */
  #forgotten = 0

  /** What is known of what this recipe looks for; `keep` takes what is found then, unless something was forgotten in the meantime. */
  recall(seen: Seen): Recalled {
    const looks = seen.version.noStore ? [] : looksOf(seen.recipe).filter(({ mixed }) => !mixed)
    const entries = looks.map((look) => ({ finding: look.finding, entry: entryOf(seen, look) }))
    const known = entries.flatMap(({ finding, entry }) => {
      const found = this.#found.get(entry)
      return found === undefined ? [] : [[finding, found]]
    })
    const forgotten = this.#forgotten
    return {
      findings: Object.fromEntries(known),
      keep: (findings) => {
        if (forgotten !== this.#forgotten) return
        for (const { finding, entry } of entries) {
          const found = findings[finding]
          if (found !== undefined) this.#found.set(entry, found)
        }
      },
    }
  }

  /** Forgets all about an original, whichever version. */
  forget(name: string): void {
    this.#forgotten += 1
    for (const key of this.#found.keys()) if (key.startsWith(`${name} `)) this.#found.delete(key)
  }
}

const entryOf = ({ name, version }: Seen, { text }: Look): string => `${name} ${nameOf(version.stamp, text)}`
