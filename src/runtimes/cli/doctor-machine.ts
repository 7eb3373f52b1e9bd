import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../errors.ts'
import { fontFolder, fonts } from '../../pixels/fonts.ts'
import { openInProcess } from '../../pixels/in-process.ts'
import { atLeast, oldestSharp } from '../../pixels/sharp-version.ts'
import { renderCheck } from './doctor-render.ts'
import type { Finding } from './finding.ts'

/** The oldest Node that is tested. */
const oldestNode = '20.19.0'

/** Checks that need no settings. */
export async function machineChecks(): Promise<readonly Finding[]> {
  return [nodeCheck(process.versions.node), ...(await rendererChecks()), await fontCheck()]
}

export function nodeCheck(found: string): Finding {
  if (atLeast(found.replace(/-.*/, ''), oldestNode)) return { name: 'node', state: 'ok', message: `Node ${found}.` }
  return { name: 'node', state: 'fail', message: `Node ${found} is too old.`, mend: `Install Node ${oldestNode} or later.` }
}

async function rendererChecks(): Promise<readonly Finding[]> {
  try {
    const renderer = await openInProcess({ filters: [] })
    const { versions, read, write } = await renderer.formats(AbortSignal.timeout(30_000))
    const draws = await renderer.ready(AbortSignal.timeout(30_000))
    const speed = await renderCheck()
    await renderer.close()
    return [sharpCheck(versions.sharp ?? '0', versions.vips ?? '?', draws), formatCheck(read, write), speed]
  } catch (thrown) {
    if (thrown instanceof Failure) return [{ name: 'sharp', state: 'fail', message: thrown.message, mend: thrown.hint }]
    const message = `sharp does not load: ${thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown)}`
    return [{ name: 'sharp', state: 'fail', message, mend: 'Install it for this platform: npm install --include=optional sharp' }]
  }
}

export function sharpCheck(sharp: string, vips: string, draws: boolean): Finding {
  const mend = `Install sharp ${oldestSharp} or later: npm install sharp`
  if (!draws) return { name: 'sharp', state: 'fail', message: `sharp ${sharp} loads but makes no picture.`, mend }
  if (!atLeast(sharp, oldestSharp)) return { name: 'sharp', state: 'fail', message: `sharp ${sharp} is too old.`, mend }
  return { name: 'sharp', state: 'ok', message: `sharp ${sharp} with libvips ${vips} makes pictures.` }
}

function formatCheck(read: readonly string[], write: readonly string[]): Finding {
  const missing = ['jpeg', 'png', 'webp', 'avif'].filter((format) => !read.includes(format) || !write.includes(format))
  if (missing.length === 0) return { name: 'formats', state: 'ok', message: `Reads ${read.join(', ')}; writes ${write.join(', ')}.` }
  return {
    name: 'formats',
    state: 'warn',
    message: `This libvips lacks ${missing.join(', ')}.`,
    mend: "Use sharp's own libvips: unset SHARP_FORCE_GLOBAL_LIBVIPS and install sharp again.",
  }
}

async function fontCheck(): Promise<Finding> {
  const names = ['fonts.conf', ...Object.values(fonts).map(({ file }) => file)]
  const missing: string[] = []
  for (const name of names) await access(join(fontFolder, name)).catch(() => missing.push(name))
  if (missing.length === 0) return { name: 'fonts', state: 'ok', message: `${names.length - 1} fonts for text.` }
  return {
    name: 'fonts',
    state: 'fail',
    message: `Fonts are missing in ${fontFolder}: ${missing.join(', ')}.`,
    mend: 'Install the package again: it holds them.',
  }
}
