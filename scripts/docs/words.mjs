import { filters } from '../../dist/filters/all.js'

/** What a dialect is told by the service, with nothing configured but one preset. */
export const words = { filters, presets: { thumb: 'w=200&fit=cover' }, presetsOnly: false, ignored: [], prefix: '/i' }
