// What a function loads before it can answer a picture: the entry, what that opens, and all that these import without waiting.

/** Imported late, so that a module with other errands does not wait for it, yet needed by every picture. */
const opened = /^src\/(?:compose|config\/\w+|pixels\/in-process)\.ts$/

/** Packages that most first requests do without; each costs milliseconds of every cold start. */
const late = ['undici', 'saxes', 'prom-client', '@aws-sdk', '@smithy']

/** @param {import('esbuild').Metafile} metafile */
export function firstChunks({ outputs }) {
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint !== undefined && path.endsWith('/index.mjs'))
  const files = new Set([entry])
  for (const path of files) {
    for (const { path: next, kind, external } of outputs[path].imports) {
      if (!external && (kind === 'import-statement' || opened.test(outputs[next]?.entryPoint ?? ''))) files.add(next)
    }
  }
  const inputs = [...files].flatMap((path) =>
    Object.entries(outputs[path].inputs).map(([name, { bytesInOutput }]) => ({ name, bytesInOutput })),
  )
  return { files: [...files], bytes: [...files].reduce((sum, path) => sum + outputs[path].bytes, 0), inputs }
}

/** The packages among `late` that are loaded at the start all the same. */
export function tooEarly({ inputs }) {
  return late.filter((name) => inputs.some((input) => input.name.includes(`node_modules/${name}/`) && input.bytesInOutput > 0))
}
