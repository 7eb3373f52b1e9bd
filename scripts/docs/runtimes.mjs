import { readFileSync } from 'node:fs'
import { code, table } from './markdown.mjs'

const { bin, exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** What a runtime is, by the name under which the package exports it; a row that package.json does not have, or the other way, is a fault. */
const about = {
  tintype: ['command', 'The program: a server for a folder, and tools at the terminal.'],
  '.': ['import', 'The service in a program of your own: `handle(ask)`, `fetch(request)`, a listener for `node:http`.'],
  './sign': ['import', 'Signs URLs, for whoever makes them.'],
  './lambda': [
    'import',
    'The service as a function of AWS Lambda: `handler` and `streaming`, for API Gateway, Function URLs, load balancers, Lambda@Edge, events and direct invocations; `createLambda(options)` for one with settings of its own.',
  ],
  './infra': ['import', 'The stack on AWS as a construct for CDK apps, which bring `aws-cdk-lib` and `constructs`.'],
}

export const runtimes = {
  name: 'runtimes',
  title: 'Runtimes',
  from: 'package.json and scripts/docs/runtimes.mjs',
  print: () => {
    const names = [...Object.keys(bin), ...Object.keys(exports)].filter((name) => name !== './package.json')
    const strange = [...names, ...Object.keys(about)].find((name) => about[name] === undefined || !names.includes(name))
    if (strange !== undefined) throw new Error(`runtimes: "${strange}" stands in package.json or in this table, not in both`)
    return [
      'One service, several homes. A runtime turns what its platform sends into an ask, and the answer into what its platform wants; it knows no dialect.',
      '',
      table(
        ['How to reach it', 'Kind', 'What it is'],
        names.map((name) => [code(about[name][0] === 'command' ? `npx ${name}` : name.replace('.', 'tintype')), ...about[name]]),
      ),
    ].join('\n')
  },
}
