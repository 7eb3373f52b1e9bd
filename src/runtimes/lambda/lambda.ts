import { functionsOver, type Lambda } from './functions.ts'
import { type OpenOptions, openLive } from './open.ts'
import type { AwsLambda } from './streamed.ts'

export type { Context } from './deadline.ts'
export type { Lambda } from './functions.ts'
export type { AwsLambda, ResponseStream, StreamingHandler } from './streamed.ts'

export type LambdaOptions = OpenOptions & {
  /** What Lambda's runtime gives to functions that stream; its global of that name unless given. */
  readonly awslambda?: AwsLambda | undefined
}

/** The service as a function of AWS Lambda, for every caller that there is. */
export function createLambda({ awslambda = globalRuntime(), ...options }: LambdaOptions = {}): Lambda {
  return functionsOver(() => openLive(options), awslambda)
}

function globalRuntime(): AwsLambda | undefined {
  return (globalThis as { readonly awslambda?: AwsLambda }).awslambda
}

const lambda = createLambda()

/** Both functions, set up by the environment alone. */
export const handler: Lambda['handler'] = lambda.handler
export const streaming: Lambda['streaming'] = lambda.streaming
