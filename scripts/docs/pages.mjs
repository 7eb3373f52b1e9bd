import { config } from './config.mjs'
import { dialects } from './dialects.mjs'
import { errors } from './errors.mjs'
import { filters } from './filters.mjs'
import { formats } from './formats.mjs'
import { metrics } from './metrics.mjs'
import { parameters } from './parameters.mjs'
import { recipes } from './recipes.mjs'
import { runtimes } from './runtimes.mjs'
import { sources } from './sources.mjs'
import { stores } from './stores.mjs'
import { urls } from './urls.mjs'

/**
 * The pages of docs/reference: the name of the file, its title, the file of the code that it tells about, and what prints its text.
 * @type {readonly { name: string, title: string, from: string, print: () => string | Promise<string> }[]}
 */
export const pages = [urls, parameters, filters, formats, errors, config, sources, stores, dialects, recipes, runtimes, metrics]
