/** What the doctor looked at, and how it is mended when it is not as it should be. */
export type Finding = { readonly name: string; readonly state: 'ok' | 'warn' | 'fail'; readonly message: string; readonly mend?: string }
