/** Where a setting lies in the tree: `['limit', 'sourcePixels']`. Every other name of it comes from here. */
export type Path = readonly string[]

/** `limit.sourcePixels`: in the configuration file, in messages, in the docs. */
export function dotted(path: Path): string {
  return path.join('.')
}

/** `TINTYPE_LIMIT_SOURCE_PIXELS`. */
export function variableOf(path: Path): string {
  return ['tintype', ...path.flatMap(words)].join('_').toUpperCase()
}

/** `limit-source-pixels`, without the two dashes before it. */
export function flagOf(path: Path): string {
  return path.flatMap(words).join('-')
}

/** `sourcePixels` is two words. */
function words(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split('-')
}
