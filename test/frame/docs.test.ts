import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { variableOf } from '../../src/config/names.ts'
import { settings } from '../../src/config/tree.ts'
import { native } from '../../src/dialects/native.ts'
import { seed } from '../../src/dialects/seed.ts'
import { Failure } from '../../src/errors.ts'
import { httpOptions } from '../../src/sources/http-options.ts'
import { words } from '../contracts/dialect.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = [...markdownIn(root, false), ...markdownIn(join(root, 'docs'), true)]

/** A URL as a reader would copy it: `…` and `<…>` stand for what he has to put in. */
const urlShape = /(?<![\w/:.])(?:\/i(?:\/|\?url=)|\/_tintype\/|\/\?img=)[^\s`'"|)]+/g

describe.each(pages.map((path) => [relative(root, path), readFileSync(path, 'utf8')] as const))('%s', (name, text) => {
  const urls = [...new Set(codeOf(text).match(urlShape) ?? [])].filter((url) => !/[<{$]|=…&/.test(url))
  if (urls.length > 0) {
    it.each(urls)('shows a URL that is understood: %s', (url) => {
      const target = url.replaceAll('…', 'x')
      const order = native.parse(target, words) ?? seed.parse(target, words)
      if (order instanceof Failure) throw order
      expect(order?.key).toBeTypeOf('string')
    })
  }

  it('names settings that there are', () => {
    const known = new Set(settings.map(({ path }) => variableOf(path)))
    for (const variable of text.match(/\bTINTYPE_[A-Z0-9_]+(?![A-Z0-9_]*[*…])/g) ?? []) {
      const plain = variable.replace(/_FILE$/, '').replace(/_$/, '')
      const named = Object.keys(httpOptions).some((option) => variable === `TINTYPE_SOURCES_CDN_${variableOf([option]).slice(8)}`)
      const group = [...known].some((other) => other.startsWith(`${plain}_`)) && variable.endsWith('_')
      expect(
        named || group || known.has(plain) || known.has(variable) || ['TINTYPE_CONFIG', 'TINTYPE_SOURCES'].includes(plain),
        variable,
      ).toBe(true)
    }
    for (const [, path = ''] of text.matchAll(
      /`((?:server|limit|cache|queue|store|render|log|aws|source\.(?:file|http|s3))\.[a-z][\w.]*)`/gi,
    )) {
      expect(settings.some((setting) => setting.path.join('.') === path) || path.endsWith('.ts'), path).toBe(true)
    }
  })

  it('leads to files that are there', () => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
      expect(existsSync(join(root, dirname(name), target)), target).toBe(true)
    }
    for (const [, file = ''] of text.matchAll(/`((?:src|test|scripts|docs|bench)\/[\w./-]+\.\w+)`/g)) {
      // The examples of CONTRIBUTING.md are files that are not there yet.
      const example = text.includes(`\n// ${file}\n`) || /NAME/.test(file)
      expect(example || existsSync(join(root, file)), file).toBe(true)
    }
  })
})

/** What stands in fences and backticks. */
function codeOf(text: string): string {
  return (text.match(/^```[\s\S]*?^```|`[^`\n]+`/gm) ?? []).join('\n')
}

function markdownIn(folder: string, deep: boolean): string[] {
  return readdirSync(folder, { recursive: deep, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
}
