import { openMetrics } from '../../dist/service/metrics.js'
import { code, codes, table } from './markdown.mjs'

const nothing = () => new Proxy({}, { get: () => 0 })

export const metrics = {
  name: 'metrics',
  title: 'Metrics',
  from: 'src/service/metrics.ts',
  print: async () => {
    const open = openMetrics()
    open.observe({ renderer: nothing, store: nothing, queue: nothing })
    // Each once, so that its labels show.
    open.answered({ status: 200, cache: 'miss', dialect: 'native', format: 'webp', code: 'internal', milliseconds: 1, bytes: 1 })
    open.stage('render', 1, 'internal')
    const { text } = await open.print()
    open.close()
    const rows = [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n(?:\1\S*?(?:\{(.*?)\})? .*)?/gm)].map(
      ([, name, help, type, labels = '']) => [
        code(name),
        type,
        codes([...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le')),
        help,
      ],
    )
    return [
      '`/metrics` answers in the text format of Prometheus, unless `metrics` (`TINTYPE_METRICS`) is off. Labels take few values: nothing that a stranger',
      'can write is one of them.',
      '',
      table(['Name', 'Type', 'Labels', 'What it counts'], rows),
    ].join('\n')
  },
}
