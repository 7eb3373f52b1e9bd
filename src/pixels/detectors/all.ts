import type { Detector } from './detector.ts'
import { saliency } from './saliency.ts'

/** Every detector. */
export const detectors: readonly Detector[] = [saliency]
