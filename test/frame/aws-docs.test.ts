import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parameters } from '../../infra/parameters.ts'
import { settings } from '../../src/config/tree.ts'
import { failures } from '../../src/errors.ts'
import { readParameters } from '../../src/runtimes/cli/aws/parameters.ts'
import { commands, isCommand, loadCommand } from '../../src/runtimes/cli/commands.ts'
import { splitFlags } from '../../src/runtimes/cli/flags.ts'
import { settingFlags } from '../../src/runtimes/cli/setting-flags.ts'
import { openLog } from '../../src/service/log.ts'
import { type Stage, stages } from '../../src/service/watch.ts'

const guide = new URL('../../docs/guide/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, guide), 'utf8')
const pages = readdirSync(guide)
  .filter((name) => /^aws[\w-]*\.md$/.test(name))
  .map((name) => [name, read(name)] as const)
const stack = read('../../infra/tintype.ts')
const outputs = [...stack.matchAll(/^ {6}([A-Z]\w+): \{/gm)].map(([, name = '']) => name)
const alarms = [...read('../../infra/watching.ts').matchAll(/alarm\(\s*'(\w+)'/g)].map(([, name = '']) => name)
const accessLog = [...read('../../infra/rest-api.ts').matchAll(/^ {2}(\w+): '\$context/gm)].map(([, name = '']) => name)

test('there is something to look at', () => {
  expect(pages.map(([name]) => name)).toEqual(['aws-compare.md', 'aws-cost.md', 'aws-lambda.md', 'aws-operate.md', 'aws.md'])
  expect(outputs).toContain('DistributionDomain')
  expect(alarms).toContain('ErrorsAlarm')
  expect(accessLog).toContain('functionMilliseconds')
})

describe.each(pages)('%s', (name, text) => {
  const lines = commandLines(text)
  if (lines.length > 0) test.each(lines)('shows a command line that is understood: %s', checkCommandLine)

  test('names parameters, outputs and alarms that there are', () => {
    const known = new Set([...Object.keys(parameters), ...outputs, ...alarms])
    // A word with two capitals, or one that is said a value.
    const named = [...text.matchAll(/`([A-Z][a-z]+(?:[A-Z0-9][a-z0-9]+)*(?:Arn|URL)?)(=[^`]*)?`/g)]
    for (const [, word = ''] of named) expect(known.has(word) || foreign.has(word), word).toBe(true)
  })

  test('names settings and failures that there are', () => {
    const groups = new Set(settings.map(({ path }) => path[0]))
    const known = settings.map(({ path }) => path.join('.'))
    for (const [, path = '', group = ''] of text.matchAll(/`(([a-z]+)\.[a-zA-Z][\w.]*)`/g)) {
      if (groups.has(group) && !/\.(?:ts|md|mjs|json)$/.test(path)) expect(known, path).toContain(path)
    }
    for (const [, code = ''] of text.matchAll(/\b[45]\d\d `([a-z-]+)`/g)) expect(Object.keys(failures)).toContain(code)
  })

  test('leads to headings that are there', () => {
    for (const [, page = '', heading = ''] of text.matchAll(/\]\(([\w-]+\.md)?#([\w-]+)\)/g)) {
      const there = read(page === '' ? name : page).match(/^#+ .*$/gm) ?? []
      expect(
        there.map((line) =>
          line
            .replace(/^#+ /, '')
            .toLowerCase()
            .replace(/[^\w -]/g, '')
            .replaceAll(' ', '-'),
        ),
      ).toContain(heading)
    }
  })
})

test('every parameter of the stack has its row, with its default', () => {
  const table = [...read('aws.md').matchAll(/^\| `(\w+)` \| (?:`([^`]*)`)? ?\| [^|]+ \|$/gm)].filter(([, name = '']) => /^[A-Z]/.test(name))
  expect(table.map(([, name, fallback = '']) => [name, fallback])).toEqual(
    Object.entries(parameters).map(([name, { fallback }]) => [name, String(fallback)]),
  )
})

test('every alarm has its row', () => {
  const rows = [...read('aws-operate.md').matchAll(/^\| `(\w+Alarm)` \|/gm)].map(([, name = '']) => name)
  expect(rows.sort()).toEqual([...alarms].sort())
})

describe('queries of the log', () => {
  const queries = [...read('aws-operate.md').matchAll(/```text\n((?:filter|fields|stats)[\s\S]*?)```/g)].map(([, query = '']) => query)

  test('there are some', () => expect(queries.length).toBeGreaterThan(5))

  test.each(queries)('ask for fields that lines have: %s', async (query) => {
    const known = new Set([...(await fieldsOfLog()), ...accessLog, '@timestamp', 'type', ...lambdaFields])
    const made = [...query.matchAll(/ as (\w+)/g)].map(([, name = '']) => name)
    const plain = query.replace(/"[^"]*"/g, '').replace(/ as \w+/g, '')
    const named = plain.match(/[@A-Za-z][\w.]*(?![\w.(])/g) ?? []
    const fields = named.filter((word) => !keywords.has(word) && !made.includes(word))
    expect(fields.length).toBeGreaterThan(0)
    for (const field of fields) expect(known.has(field), field).toBe(true)
  })
})

/** What others call by a name with a capital letter. */
const foreign = new Set(['Accept', 'Uri', 'Vary'])
const keywords = new Set(['filter', 'fields', 'stats', 'sort', 'limit', 'by', 'desc', 'asc', 'and', 'or', 'not', 'like', 'in'])
/** Of the report that Lambda writes after each call, where its log is JSON. */
const lambdaFields = ['record.metrics.initDurationMs', 'record.metrics.maxMemoryUsedMB', 'record.metrics.durationMs']

/** What a reader would type, and what is named in a sentence. */
function commandLines(text: string): string[] {
  const fences = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(([, lines = '']) => lines)
  const typed = fences.flatMap((lines) => lines.replace(/\\\n\s*/g, '').split('\n'))
  const named = [...text.matchAll(/`((?:npx )?tintype(?:@[\d.]+)? [^`]+)`/g)].map(([, line = '']) => line)
  const calls = [...typed, ...named].flatMap((line) => line.match(/(?:^|\s)(?:npx )?(?:tintype(?:@[\d.]+)?) .*/) ?? [])
  return [
    ...new Set(
      calls.map((line) =>
        line
          .trim()
          .replace(/^npx /, '')
          .replace(/\s+#.*$/, ''),
      ),
    ),
  ]
}

async function checkCommandLine(line: string): Promise<void> {
  const [, command = '', ...words] = (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) =>
    word.replace(/['"]/g, (quote) => (word.includes(`'{`) && quote === '"' ? quote : '')),
  )
  if (!isCommand(command)) throw new Error(`There is no command "${command}", only ${Object.keys(commands).join(', ')}.`)
  const found = await loadCommand(command)
  const { own } = splitFlags(words, found.args, found.settings ? settingFlags : new Map(), found.repeated)
  const template = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      const { fallback, choices, pattern } = parameter as { fallback: unknown; choices?: readonly (string | number)[]; pattern?: string }
      const type = typeof fallback === 'number' ? 'Number' : 'String'
      return [name, { Type: type, ...(choices && { AllowedValues: choices }), ...(pattern && { AllowedPattern: pattern }) }]
    }),
  )
  if (command === 'deploy')
    readParameters(
      own.filter((word) => !word.startsWith('-')),
      template,
    )
}

async function fieldsOfLog(): Promise<string[]> {
  const lines: string[] = []
  const log = openLog({ level: 'info', format: 'json', write: (line) => lines.push(line) })
  const timings = Object.fromEntries(stages.map((stage) => [stage, 1])) as Record<Stage, number>
  const about = { cache: 'miss', dialect: 'native', format: 'webp', code: 'internal', cause: 'x', client: '::1' }
  log.answered({ id: 'x', method: 'GET', target: '/', status: 500, bytes: 1, milliseconds: 1, timings, ...about })
  log.note('error', 'x')
  await log.close()
  return lines.flatMap((line) => Object.keys(JSON.parse(line) as object))
}
