/** The version of this package, for `User-Agent`, `--version` and the engine's part of a result key. Equal to package.json, by test. */
export const version = '0.1.0'
