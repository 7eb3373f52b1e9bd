// The program of the function, bundled: `dist/aws/code`, all that the zip holds beside sharp and the fonts. Quick enough for every build.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import sharp from 'sharp'
import { notices } from './notices.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const codeFolder = join(root, 'dist/aws/code')

/** Pictures for a first look, chosen to be small: one that lies on its side, a drawing, an animation; and two photographs, made smaller. */
const samples = ['rotated.jpg', 'logo.svg', 'animation.webp'].map((name) => `samples/${name}`)
const photographs = ['samples/landscape.jpg', 'samples/portrait.jpg']

/**
 * Bundles the function.
 * @returns esbuild's account of what went where.
 */
export async function bundle() {
  const { metafile, outputFiles } = await build({
    stdin: {
      // The time in which an instance starts is the fastest it has: the service is open when the first request comes.
      contents: `import { createLambda } from './lambda.ts'
        const lambda = createLambda()
        await lambda.warm()
        export const { handler, streaming } = lambda`,
      resolveDir: join(root, 'src/runtimes/lambda'),
      sourcefile: 'index.ts',
      loader: 'ts',
    },
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    splitting: true, // what is loaded late stays in files of its own
    minify: true,
    lineLimit: 180, // an uncaught error prints its line into the log
    legalComments: 'none', // the licences lie in NOTICES
    plugins: [sharpItself, inPart, soonerTogether, builtInsWhenUsed],
    // Packages of the older kind call `require`, which a module does not have.
    banner: { js: `import{createRequire as tintypeRequire}from'node:module';const require=tintypeRequire(import.meta.url);` },
    // As deep as in the package, so that what is found from import.meta.url is found here too: `../../assets/fonts`.
    outdir: join(codeFolder, 'dist/lambda'),
    entryNames: 'index',
    chunkNames: '[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    metafile: true,
    write: false,
  })
  const written = new Set()
  const put = async (path, contents) => {
    written.add(path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, contents)
  }
  for (const { path, contents } of outputFiles) await put(path, contents)
  await put(join(codeFolder, 'index.mjs'), `export { handler, streaming } from './dist/lambda/index.mjs'\n`)
  const { version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  await put(
    join(codeFolder, 'package.json'),
    `${JSON.stringify({ name: 'tintype-lambda', version, license, type: 'module' }, undefined, 2)}\n`,
  )
  await put(join(codeFolder, 'NOTICES'), await notices(metafile, root))
  for (const name of ['LICENSE', ...samples]) await put(join(codeFolder, name), await readFile(join(root, name)))
  for (const name of photographs) {
    const smaller = sharp(join(root, name)).resize({ width: 1200, height: 800, fit: 'inside' }).jpeg({ quality: 60, mozjpeg: true })
    await put(join(codeFolder, name), await smaller.toBuffer())
  }
  // Of an earlier bundle. Not before: somebody may be reading it.
  for (const entry of await readdir(codeFolder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !written.has(path)) await rm(path, { force: true })
  }
  return metafile
}

/**
 * Loaded late in the bundle too: what brings a package along that most first pictures do without, and what works on events. All of it is one module, since each that
 * shares something with the rest would cut one more file out of it.
 */
const late = [
  'runtimes/lambda/events',
  'pixels/sanitise-svg',
  'pixels/svg-pictures',
  'pixels/font-pack',
  'service/metrics',
  's3/xml',
  's3/listing',
]

/**
 * Every other module of ours that is imported late, so that a server or a command line starts sooner, is needed here at once. As one file
 * it is read in the time that each of thirty would take.
 * @type {import('esbuild').Plugin}
 */
const soonerTogether = {
  name: 'sooner-together',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const heads = []
      const text = await readFile(path, 'utf8')
      const contents = text.replace(/\bimport\('(\.[^']+)'\)/g, (_whole, name) => {
        const at = late.findIndex((each) => join(dirname(path), name) === join(root, `src/${each}.ts`))
        if (at >= 0) return `import('tintype-late').then(({ late${at} }) => late${at})`
        heads.push(`import * as together${heads.length} from '${name}'`)
        return `Promise.resolve(together${heads.length - 1})`
      })
      return { contents: [...heads, contents].join('\n'), loader: 'ts' }
    })
    onResolve({ filter: /^tintype-late$/ }, ({ path }) => ({ path, namespace: 'tintype' }))
    onLoad({ filter: /^tintype-late$/, namespace: 'tintype' }, () => ({
      contents: late.map((name, at) => `export * as late${at} from './${name}.ts'`).join('\n'),
      resolveDir: join(root, 'src'),
    }))
  },
}

/**
 * `import … from 'node:http'` reads every name of that module, and so loads fetch and WebSocket, which Node keeps for whoever asks: 30 ms.
 * Here a built-in module is loaded when the first of its names is used.
 * @type {import('esbuild').Plugin}
 */
const builtInsWhenUsed = {
  name: 'built-ins-when-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) => {
      return kind === 'import-statement' ? { path, namespace: 'built-in' } : { path, external: true }
    })
    onLoad({ filter: /.*/, namespace: 'built-in' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default')
      const getters = names.map((name) => `get ${name}() { return load().${name} }`)
      // `default` is the module itself, for `import fs from 'node:fs'`.
      return {
        contents: `const load = () => require('${path}')\nmodule.exports = { __esModule: true, get default() { return load() }, ${getters} }`,
      }
    })
  },
}

/**
 * The program of sharp, without its search for binaries: which lie beside it, this knows. Two thirds of the time that `import sharp` takes
 * are that search and the built-in modules that it brings (Node 24: 48 ms of 76, dlopen takes one).
 * @type {import('esbuild').Plugin}
 */
const sharpItself = {
  name: 'sharp-itself',
  setup({ onLoad, onResolve }) {
    const platform = 'process.platform + "-" + process.arch'
    const stand = (path, contents) =>
      onLoad({ filter: new RegExp(`node_modules/${path}$`.replaceAll('/', '[\\\\/]')) }, () => ({ contents, loader: 'js' }))
    stand('sharp/dist/sharp\\.mjs', `export default require('@img/sharp-' + ${platform} + '/sharp.node')`)
    stand('sharp/dist/libvips\\.mjs', `export default { runtimePlatformArch: () => ${platform} }`)
    stand('sharp/package\\.json', `export default { version: '${sharp.versions.sharp}' }`)
    // Lambda's Linux has glibc.
    stand('detect-libc/.*', `export default { GLIBC: 'glibc', MUSL: 'musl', familySync: () => 'glibc' }`)
    // What reads colours wakes up with the first.
    onResolve({ filter: /^@img\/colour$/ }, ({ kind, path, resolveDir }) =>
      kind === 'import-statement' ? { path, namespace: 'when-met', pluginData: resolveDir } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'when-met' }, ({ path, pluginData }) => ({
      contents: `export default (value) => require('${path}')(value)`,
      resolveDir: pluginData,
    }))
  },
}

/**
 * Packages of which the function needs a part.
 * @type {import('esbuild').Plugin}
 */
const inPart = {
  name: 'in-part',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: fileURLToPath(new URL('./undici.mjs', import.meta.url)) }))
    // The zip holds no program for render processes: a function renders where it stands.
    onLoad({ filter: /[\\/]pixels[\\/]pool\.ts$/ }, () => ({
      contents: `export const renderProcessEntry = () => undefined
        export const openPool = async () => { throw new Error('render.form: a function renders in its own process; expected in-process.') }`,
    }))
    // Every machine of Lambda has SIMD: undici asks for its parser without SIMD only where the one with it did not load.
    onLoad({ filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/ }, () => ({
      contents: `throw new Error('This bundle is for machines with SIMD.')`,
    }))
    // The log is written by the process itself.
    onLoad({ filter: /pino[\\/]lib[\\/]transport\.js$/ }, () => ({
      contents: `module.exports = () => { throw new Error('This bundle writes its log to standard output.') }`,
    }))
    onResolve({ filter: /^(?:node:)?worker_threads$/ }, ({ kind }) =>
      kind === 'require-call' ? { path: 'main-thread', namespace: 'tintype' } : undefined,
    )
    onLoad({ filter: /^main-thread$/, namespace: 'tintype' }, () => ({ contents: 'module.exports = { isMainThread: true }' }))
    // The log asks it one thing, and it would bring half of Node's way to print errors.
    onResolve({ filter: /^assert$/ }, () => ({ path: 'assert', namespace: 'tintype' }))
    onLoad({ filter: /^assert$/, namespace: 'tintype' }, () => ({
      contents: 'module.exports = (holds, message) => { if (!holds) throw new Error(message) }',
    }))
    onLoad({ filter: /[\\/]aws4fetch[\\/].*\.mjs$/ }, async ({ path }) => ({
      contents: `import { Headers } from '${fileURLToPath(new URL('./headers.mjs', import.meta.url)).replaceAll('\\', '/')}'\n${await readFile(path, 'utf8')}`,
    }))
    // Lambda puts the credentials of a function into its environment, where they are looked for first.
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: 'credentials', namespace: 'tintype' }))
    onLoad({ filter: /^credentials$/, namespace: 'tintype' }, () => ({
      contents: `export const defaultProvider = () => async () => {
        throw new Error('There are no credentials in the environment; in a function they are nowhere else.')
      }`,
    }))
  },
}
