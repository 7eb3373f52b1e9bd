import { cpus } from 'node:os'
import { table } from './words.mjs'

/** Says so where the machine had other work when the bench began. @param load  Processes that wanted to run, in the mean of a minute. */
export function busy(load) {
  return load < cpus().length / 2 ? '' : `; other work ran on the machine (load ${load.toFixed(1)} at the start)`
}

/** docs/benchmarks.md: every table with its command, and what it was measured on. */
export function page({ machine, versions, at, minutes, load }, results) {
  const parts = results.map(({ title, command, text, rows }) => `## ${title}\n\n\`${command}\`\n\n${text}\n\n${table(rows)}\n`)
  return `# Benchmarks

Printed by \`npm run bench -- --write\` on ${at.slice(0, 10)}, in ${minutes} minutes. Measured on ${machine}; ${versions}.
The requests come from the same machine${busy(load)}.

Rounds take turns: each does the same work bare and through the service, so that whatever else the machine does hits both. A figure is the median of the rounds,
lowest and highest in brackets; a ratio that of the rounds' ratios. CPU is of all processes of a service together; memory too, where pages that they
share count once. Ratios hold elsewhere, milliseconds do not. What too much work and faults do is measured apart: [reliability](reliability.md).

${parts.join('\n')}`
}
