import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sharpFiles } from './sharp-files.ts'

/** Not the one that npm has installed here, so that npm is asked. */
const elsewhere = process.arch === 'arm64' ? 'x64' : 'arm64'
const names = [`@img/sharp-linux-${elsewhere}`, `@img/sharp-libvips-linux-${elsewhere}`] as const

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-npm-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** Puts a program in the place of npm, which writes down what it was asked. */
async function standIn(program: string): Promise<string> {
  const npm = join(folder, 'npm-cli.cjs')
  const asked = join(folder, 'asked.json')
  await writeFile(
    npm,
    `const { mkdirSync, writeFileSync } = require('node:fs')
    writeFileSync(${JSON.stringify(asked)}, JSON.stringify({ folder: process.cwd(), args: process.argv.slice(2) }))
    const lay = (path) => { mkdirSync(require('node:path').dirname(path), { recursive: true }); writeFileSync(path, path) }
    ${program}`,
  )
  vi.stubEnv('npm_execpath', npm)
  return asked
}

describe('for an architecture that is not installed', () => {
  test('npm is asked for the versions that sharp was made with, and runs nothing of theirs', async () => {
    const asked = await standIn(`for (const name of ${JSON.stringify(names)}) lay('node_modules/' + name + '/LICENSE')`)
    await sharpFiles(elsewhere, AbortSignal.timeout(20_000))
    const { args, folder: where } = JSON.parse(await readFile(asked, 'utf8')) as { args: string[]; folder: string }
    const sharp = join(dirname(createRequire(import.meta.url).resolve('sharp')), '../package.json')
    const { optionalDependencies } = JSON.parse(await readFile(sharp, 'utf8')) as { optionalDependencies: Record<string, string> }
    expect(args.slice(-2)).toEqual(names.map((name) => `${name}@${optionalDependencies[name]}`))
    expect(args).toEqual(expect.arrayContaining(['install', '--ignore-scripts', '--os=linux', `--cpu=${elsewhere}`, '--libc=glibc']))
    await expect(readFile(join(where, 'package.json'))).rejects.toThrow('ENOENT')
  })

  test('binaries may be run, licences stay, and what only developers read is left out', async () => {
    const [program, libvips] = names
    const laid = [
      `${program}/sharp.node`,
      `${program}/LICENSE`,
      `${program}/README.md`,
      `${libvips}/lib/libvips-cpp.so.8.18.3`,
      `${libvips}/lib/index.js`,
      `${libvips}/lib/glib-2.0/include/glibconfig.h`,
      `${libvips}/README.md`,
      `${libvips}/versions.d.ts`,
    ]
    await standIn(`for (const path of ${JSON.stringify(laid)}) lay('node_modules/' + path)`)
    const files = await sharpFiles(elsewhere, AbortSignal.timeout(20_000))
    expect(Object.fromEntries(files.map(({ name, executable }) => [name, executable]))).toEqual({
      [`node_modules/${program}/sharp.node`]: true,
      [`node_modules/${program}/LICENSE`]: false,
      [`node_modules/${libvips}/lib/libvips-cpp.so.8.18.3`]: true,
      [`node_modules/${libvips}/lib/index.js`]: false,
      [`node_modules/${libvips}/README.md`]: false,
    })
    expect(Buffer.from(files[0]?.bytes ?? []).toString()).toMatch(/^node_modules\//)
  })

  test('what npm says of its failure is told, and nothing stays behind', async () => {
    const asked = await standIn(`console.error('npm error network there is no way out'); process.exit(1)`)
    await expect(sharpFiles(elsewhere, AbortSignal.timeout(20_000))).rejects.toThrow(
      /could not fetch sharp.*npm error network there is no way out/,
    )
    const { folder: where } = JSON.parse(await readFile(asked, 'utf8')) as { folder: string }
    await expect(readFile(join(where, 'package.json'))).rejects.toThrow('ENOENT')
  })

  test('who gives up does not wait for npm', async () => {
    await standIn('setTimeout(() => {}, 60_000)')
    const began = performance.now()
    await expect(sharpFiles(elsewhere, AbortSignal.timeout(300))).rejects.toThrow()
    expect(performance.now() - began).toBeLessThan(20_000)
  })
})
