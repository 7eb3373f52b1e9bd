import type { Settings } from '../../config/read.ts'

type Render = Settings['render']

/**
 * The part of the render processes that one of several serving processes starts, so that together they start what the settings say. None goes
 * without: each has at least one to work and, unless there are to be no spare ones, one spare.
 * @param index  Which of the serving processes, from 1.
 */
export function renderShare(render: Render, index: number, count: number, cores: number): Render & { readonly processes: number } {
  const all = render.processes ?? cores
  const processes = Math.max(1, Math.floor(all / count) + (index <= all % count ? 1 : 0))
  return { ...render, processes, spare: Math.ceil(render.spare / count) }
}
