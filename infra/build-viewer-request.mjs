import { readFileSync } from 'node:fs'

/** What CloudFront takes, in bytes. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
export const mostBytes = 10_240

/**
 * The code of CloudFront's function, ready to be deployed: constants filled in, comments and indents gone, and all that checks signatures
 * gone where that is not wanted.
 * @param {object} options
 * @param {readonly string[]} options.ignored  As TINTYPE_IGNORED.
 * @param {string} options.prefix              As TINTYPE_SERVER_PREFIX.
 * @param {Readonly<Record<string, string>>} [options.names]  Aliases of parameters, each with its canonical name: `nativeAliases()` of
 *                                                            `tintype/sign`. Needed to verify.
 * @param {boolean} [options.verify]   Check signatures at the edge, with the keys under `keys` in the function's KeyValueStore.
 * @param {string} [options.kvsId]     The store, when the function has more than one.
 * @param {number} [options.urlBytes]  As TINTYPE_SERVER_URL_BYTES.
 * @returns {string}
 */
export function viewerRequest({ ignored, prefix, names = {}, verify = false, kvsId = '', urlBytes = 8192 }) {
  const base = prefix.replace(/\/+$/, '')
  const constants = verify ? { ignored, prefix: base, names, kvsId, urlBytes } : { ignored, urlBytes }
  const source = readFileSync(new URL('viewer-request.js', import.meta.url), 'utf8')
  const filled = source.replace(
    /^\/\/ constants:begin\n[\s\S]*?^\/\/ constants:end\n/m,
    () => `const constants = ${JSON.stringify(constants)}\n`,
  )
  const wanted = verify ? filled : filled.replace(/^import cf .*\n|^ *\/\/ verify:begin\n[\s\S]*?^ *\/\/ verify:end\n/gm, '')
  const lines = wanted.split('\n').map((line) => line.trim())
  const code = `${lines.filter((line) => line !== '' && !line.startsWith('//')).join('\n')}\n`
  const bytes = Buffer.byteLength(code)
  if (bytes > mostBytes)
    throw new Error(`CloudFront takes functions of at most ${mostBytes} bytes; this has ${bytes}: ignore fewer parameters.`)
  return code
}
