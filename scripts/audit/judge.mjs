/** Longest time for which an exception may hold, in days: then it is argued anew. */
const mostDays = 90

/**
 * What is wrong with the packages of a report.
 * @param {string} text                       What `npm audit --json` printed.
 * @param {readonly unknown[]} exceptions     `{ "advisory": "GHSA-…", "reason": "why it does not touch us", "until": "2027-01-31" }`.
 * @param {string} today                      As 2027-01-31.
 * @returns {{ readonly skipped?: string, readonly problems: readonly string[] }}  `skipped` says why the report is none.
 */
export function judge(text, exceptions, today) {
  const wrong = exceptions.flatMap((exception) => exceptionProblem(exception, today))
  const report = parsed(text)
  if (report?.auditReportVersion !== 2) {
    return { skipped: `the registry gave no report (${report?.message ?? 'no answer'})`, problems: wrong }
  }
  const excepted = new Set(exceptions.map((exception) => Object(exception).advisory))
  const found = new Map()
  for (const { via } of Object.values(report.vulnerabilities)) {
    // Those that only depend on a package with a flaw name that package; the flaw itself is told there.
    for (const flaw of via.filter((each) => typeof each === 'object')) {
      const advisory = /GHSA-[\w-]+$/.exec(flaw.url)?.[0] ?? String(flaw.source)
      if (!excepted.has(advisory)) found.set(advisory, `${flaw.name} (${flaw.severity}): ${flaw.title} ${flaw.url}`)
    }
  }
  return { problems: [...wrong, ...found.values()] }
}

function exceptionProblem(exception, today) {
  const { advisory, reason, until } = Object(exception)
  const name = `exceptions.json, ${advisory}`
  if (!/^GHSA(-[a-z0-9]{4}){3}$/.test(advisory)) return [`${name}: expected the id of an advisory, such as GHSA-xxxx-xxxx-xxxx`]
  if (typeof reason !== 'string' || reason.length < 20) return [`${name}: expected a reason that others can follow`]
  if (!/^\d{4}-\d\d-\d\d$/.test(until) || Number.isNaN(Date.parse(until))) return [`${name}: expected until, as ${today}`]
  if (until < today) return [`${name}: ended on ${until}`]
  const days = (Date.parse(until) - Date.parse(today)) / 86_400_000
  return days > mostDays ? [`${name}: holds for ${days} days, at most ${mostDays} are allowed`] : []
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
