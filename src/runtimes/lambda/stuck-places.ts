/**
 * Pictures that nobody can stop. libvips takes no word from outside: a request whose time has run out is answered, and its picture goes on and
 * keeps its place. Lambda takes away an instance that hangs, but not one that answers 503 for ever because all its places are taken.
 */
export class StuckPlaces {
  readonly #places: number
  readonly #running: () => number
  #overran = 0

  /** @param running  How many places are taken now. */
  constructor(places: number, running: () => number) {
    this.#places = places
    this.#running = running
  }

  /** The time of a request has run out. */
  overran(): void {
    this.#overran += 1
  }

  /** Is every place taken by a picture whose request is long over? To be asked when no request runs. */
  get all(): boolean {
    const running = this.#running()
    if (running === 0) this.#overran = 0
    return running >= this.#places && this.#overran >= this.#places
  }
}
