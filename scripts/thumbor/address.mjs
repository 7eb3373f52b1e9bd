// Where originals lie in the paths of the side-by-side with Thumbor, whose list must not know where they are served.

/** Stands in paths for the address of the originals, such as `http://127.0.0.1:9000`. */
const placeholder = '{originals}'

/** An original, by its name. */
export const at = (name) => `${placeholder}/${name}`

/** A path as it is sent, with originals served at this address: `http://host:port`. */
export function target(path, originals) {
  const host = originals.replace(/^http:\/\//, '')
  return path.replaceAll(placeholder, originals).replaceAll('{host}', host).replaceAll('{encoded}', encodeURIComponent(originals))
}
