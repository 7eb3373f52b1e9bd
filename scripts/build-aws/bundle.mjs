// The program of the function, bundled: `dist/aws/code`, all that the zip holds beside sharp and the fonts. Quick enough for every build.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import sharp from 'sharp'
import { notices } from './notices.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const codeFolder = join(root, 'dist/aws/code')

/** Pictures for a first look, chosen to be small: one that lies on its side, a drawing, an animation; and a photograph, made smaller. */
const samples = ['rotated.jpg', 'logo.svg', 'animation.webp'].map((name) => `samples/${name}`)
const photograph = 'samples/landscape.jpg'

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
    legalComments: 'none', // the licences lie in NOTICES
    external: ['sharp'],
    plugins: [inPart],
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
  const smaller = sharp(join(root, photograph)).resize(1200).jpeg({ quality: 60, mozjpeg: true })
  await put(join(codeFolder, photograph), await smaller.toBuffer())
  // Of an earlier bundle. Not before: somebody may be reading it.
  for (const entry of await readdir(codeFolder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !written.has(path)) await rm(path, { force: true })
  }
  return metafile
}

/**
 * Packages of which the function needs a part.
 * @type {import('esbuild').Plugin}
 */
const inPart = {
  name: 'in-part',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: fileURLToPath(new URL('./undici.mjs', import.meta.url)) }))
    // Every machine of Lambda has SIMD: undici asks for its parser without SIMD only where the one with it did not load.
    onLoad({ filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/ }, () => ({
      contents: `throw new Error('This bundle is for machines with SIMD.')`,
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
