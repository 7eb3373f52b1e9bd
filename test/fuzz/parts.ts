/** What `scripts/fuzz.mjs` bundles, since Node 20 runs no TypeScript. */
export { drawnOriginals } from './drawn.ts'
export { problemOf } from './judge.ts'
export { mutantOf } from './mutants.ts'
