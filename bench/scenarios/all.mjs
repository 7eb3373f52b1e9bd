// What `npm run bench` measures, in the order of its page. A scenario has a title, the command that measures it alone, a text that says what is done,
// and rows: by the names that `--only` takes, functions of the workshop that give one line of its table, or several.
import { cold } from './cold.mjs'
import { thousand } from './connections.mjs'
import { cores } from './cores.mjs'
import { family } from './family.mjs'
import { hit } from './hit.mjs'
import { memory } from './memory.mjs'
import { mixed } from './mixed.mjs'
import { peers } from './peers.mjs'
import { start } from './start.mjs'

export const scenarios = [cold, family, hit, mixed, memory, thousand, cores, start, peers]
