import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The fenced examples of CONTRIBUTING.md that begin with the path of the file they would be. */
async function examples(): Promise<readonly (readonly [path: string, text: string])[]> {
  const text = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8')
  return [...text.matchAll(/^```(?:ts|text)\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(([, path = '', code = '']) => [path, code])
}

it('shows examples that compile, and whose tests pass', { timeout: 120_000 }, async () => {
  const files = await examples()
  const tests = files.map(([path]) => path).filter((path) => path.endsWith('.test.ts'))
  expect(tests).toHaveLength(5)

  const house = await mkdtemp(join(tmpdir(), 'tintype-contributing-'))
  try {
    for (const part of ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'biome.jsonc']) {
      await cp(join(root, part), join(house, part), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(house, 'node_modules'), 'junction')
    for (const [path, code] of files) {
      await mkdir(dirname(join(house, path)), { recursive: true })
      await writeFile(join(house, path), code)
    }
    const config = { extends: './tsconfig.json', include: [], files: files.map(([path]) => path).filter((path) => path.endsWith('.ts')) }
    await writeFile(join(house, 'tsconfig.examples.json'), JSON.stringify(config))
    const biome = (await readFile(join(house, 'biome.jsonc'), 'utf8')).replace(/"vcs": \{[^}]*\},/, '')
    await writeFile(join(house, 'biome.jsonc'), biome)

    await run(house, 'typescript/bin/tsc', ['-p', 'tsconfig.examples.json'])
    await run(house, '@biomejs/biome/bin/biome', ['check', ...files.map(([path]) => path).filter((path) => path.endsWith('.ts'))])
    await run(house, 'vitest/vitest.mjs', ['run', '--root', house, ...tests])
  } finally {
    await rm(house, { recursive: true, force: true })
  }
})

/** Runs a program of node_modules; fails with all that it printed. */
function run(folder: string, program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: folder }, (error, stdout, stderr) => {
      if (error === null) resolve()
      else reject(new Error(`${program} failed:\n${stdout}\n${stderr}`))
    })
  })
}
