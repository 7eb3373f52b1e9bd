// The CloudFormation template, as infra/ prints it. Written in TypeScript, which Node 20 does not run: so it is bundled first.
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './bundle.mjs'

/** The text of the template; `undefined` where infra/ is not there. */
export async function template() {
  const entry = join(root, 'infra/template.ts')
  if (!existsSync(entry)) return undefined
  // In the folder of its sources, so that it finds the files that lie beside them.
  const program = join(root, `infra/.template-${process.pid}.mjs`)
  try {
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external',
    })
    const { printTemplate } = await import(pathToFileURL(program).href)
    return await printTemplate()
  } finally {
    await rm(program, { force: true })
  }
}
