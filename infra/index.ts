// The public face of `tintype/infra`: the stack as a construct, for those who write theirs with CDK.
export { type Fact, Tintype, type TintypeProps } from './tintype.ts'
