/** What CloudFront takes, in bytes. */
export declare const mostBytes: number

export type ViewerRequestOptions = {
  /** As TINTYPE_IGNORED. */
  readonly ignored: readonly string[]
  /** As TINTYPE_SERVER_PREFIX. */
  readonly prefix: string
  /** Aliases of parameters, each with its canonical name: `nativeAliases()` of `tintype/sign`. Needed to verify. */
  readonly names?: Readonly<Record<string, string>>
  /** Check signatures at the edge, with the keys under `keys` in the function's KeyValueStore. */
  readonly verify?: boolean
  /** The store, when the function has more than one. */
  readonly kvsId?: string
  /** As TINTYPE_SERVER_URL_BYTES. */
  readonly urlBytes?: number
}

/** The code of CloudFront's function, ready to be deployed. Throws when it is too long. */
export declare function viewerRequest(options: ViewerRequestOptions): string
