import { type Composed, compose } from '../../compose.ts'
import type { Settings } from '../../config/read.ts'

/** A service for one command: works where it stands, says nothing, asks for no signature. */
export type Workbench = Pick<Composed, 'service' | 'close'> & { readonly prefix: string }

export type Tasks = {
  /** The folder of originals, in place of that of the settings. */
  readonly root?: string
  /** With the stores of the settings; else nothing outlives the command. */
  readonly store?: boolean
  /** Explains every URL. */
  readonly explain?: boolean
}

export async function openWorkbench(settings: Settings, { root, store = false, explain = false }: Tasks): Promise<Workbench> {
  const own: Settings = {
    ...settings,
    keys: [],
    presetsOnly: false,
    metrics: false,
    log: { level: 'silent', format: 'json' },
    render: { ...settings.render, form: 'in-process' },
    ...(store ? {} : { store: { ...settings.store, kinds: ['memory'] } }),
    ...(root === undefined ? {} : { source: { ...settings.source, file: { ...settings.source.file, root } } }),
  }
  const { service, close } = await compose(own, { write: () => {}, landing: false, explain })
  return { service, close, prefix: own.server.prefix.replace(/\/+$/, '') }
}
