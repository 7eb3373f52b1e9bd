import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** The native libraries that a process has loaded once it has served a picture, as Node itself lists them. */
async function librariesOf(form: 'pool' | 'in-process'): Promise<readonly string[]> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const program = `
    const { createTintype } = await import('tintype')
    const settings = { source: { file: { root: 'samples' } }, store: { kinds: ['memory'] }, render: { form: '${form}', processes: 1, spare: 0 } }
    const tintype = await createTintype(settings)
    const { status } = await tintype.fetch(new Request('http://h/i/logo.png?w=20'))
    process.report.excludeNetwork = true
    console.log(JSON.stringify({ status, libraries: process.report.getReport().sharedObjects }))
    await tintype.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: root, maxBuffer: 2 ** 24 })
  const { status, libraries } = JSON.parse(stdout)
  expect(status).toBe(200)
  return libraries
}

it('a process that serves with a pool never loads sharp or libvips', async () => {
  expect((await librariesOf('in-process')).join()).toMatch(/vips/) // that it would be seen
  expect((await librariesOf('pool')).join()).not.toMatch(/vips|sharp/)
})
