import { mutate } from './mutate.ts'
import { randomOf } from './random.ts'

/** A damaged original, and what is asked of it. The whole of it follows from the originals, the seed and its number. */
export type Mutant = {
  readonly number: number
  /** Of the original that it was. */
  readonly name: string
  readonly how: readonly string[]
  readonly query: string
  readonly bytes: Buffer
}

/** Each takes another way through the decoders, the looks at pixels and the encoders. */
export const queries = [
  'w=64&f=webp', 'w=64&h=64&fit=cover&g=auto&f=jpeg', 'f=png', 'w=40&f=gif', 'w=48&f=avif', 'anim=0&w=32&f=jpeg', 'trim=10&f=png', 'page=1&f=png&w=50',
  'w=64&h=40&fit=pad&bg=auto&f=jpeg', 'w=64&f=tiff', 'rotate=90&flip=h&f=webp', 'sepia=80&blur=3&w=60&f=png', 'meta=keep&f=jpeg', 'icc=keep&f=webp', 'w=30&max-bytes=2000&f=jpeg', 'median=3&f=png&w=30',
] // biome-ignore format: a table of words

export function mutantOf(originals: ReadonlyMap<string, Buffer>, seed: number, number: number): Mutant {
  const random = randomOf(seed, number)
  const names = [...originals.keys()]
  const name = random.pick(names)
  const query = random.pick(queries)
  const { bytes, how } = mutate(originals.get(name) ?? Buffer.alloc(0), originals.get(random.pick(names)) ?? Buffer.alloc(0), random)
  return { number, name, how, query, bytes }
}
