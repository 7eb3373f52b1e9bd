import { stores as kinds } from '../../dist/stores/all.js'
import { sections } from './parts.mjs'

export const stores = {
  name: 'stores',
  title: 'Stores',
  from: 'src/stores',
  print: () =>
    [
      'A store is a place where results, and originals on their way, are kept. `store.kinds` says which are used, the fastest first; what one does not',
      'have is asked of the next, and put into those before it. A store is a help, never a need: when it fails, the request goes on without it.',
      '',
      sections(kinds),
    ].join('\n'),
}
