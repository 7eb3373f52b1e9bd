// What tells a stranger how a server looks inside.

/** Lines of a stack. */
export const stacks = [
  /\bat [^\n"]{1,120} \((?:file:|node:|\/|[A-Z]:\\)[^)\n]*:\d+:\d+\)/,
  /\bat (?:async )?(?:file:\/\/|node:|\/)[^\s"]+:\d+:\d+/,
]

/** Absolute paths. */
export const paths = [
  /(?:^|[^\w.~%/-])\/(?:bin|etc|home|opt|proc|root|srv|tmp|usr|var|work|Users)\/[\w.-]+/,
  /\bnode_modules\b/,
  /\bfile:\/\/\//,
]
