import type { Values } from '../src/schema/field.ts'
import { httpOptions } from '../src/sources/http-options.ts'

/** The options of the `http` source as they are when nothing is configured. */
export const httpDefaults = Object.fromEntries(
  Object.entries(httpOptions).flatMap(([name, field]) => ('fallback' in field ? [[name, field.fallback]] : [])),
) as Values<typeof httpOptions>
