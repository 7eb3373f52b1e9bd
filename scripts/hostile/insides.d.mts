export const stacks: readonly RegExp[]
export const paths: readonly RegExp[]
