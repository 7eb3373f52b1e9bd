import type { Command } from './command.ts'

/** Every command, loaded when it is asked for: `tintype sign` has no business with a server. */
export const commands = {
  serve: async () => (await import('./serve.ts')).serve,
  render: async () => (await import('./render.ts')).render,
  explain: async () => (await import('./explain.ts')).explain,
  sign: async () => (await import('./sign.ts')).sign,
  purge: async () => (await import('./purge.ts')).purge,
  prerender: async () => (await import('./prerender.ts')).prerender,
  migrate: async () => (await import('./migrate.ts')).migrate,
  config: async () => (await import('./config.ts')).config,
  formats: async () => (await import('./formats.ts')).formats,
  doctor: async () => (await import('./doctor.ts')).doctor,
  deploy: async () => (await import('./aws/deploy.ts')).deploy,
  destroy: async () => (await import('./aws/destroy.ts')).destroy,
  check: async () => (await import('./check/check.ts')).check,
  cost: async () => (await import('./cost.ts')).cost,
  version: async () => (await import('./version.ts')).version,
} as const satisfies Record<string, () => Promise<unknown>>

export type CommandName = keyof typeof commands

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

/** The command behind a name; what its arguments are, it knows itself. */
export async function loadCommand(name: CommandName): Promise<Command> {
  return (await commands[name]()) as unknown as Command
}
