// The same request as each caller hands it to a function, cut to what the callers always send.

const domainName = 'abcdefghij.lambda-url.us-east-1.on.aws'
const sourceIp = '203.0.113.7'

/** A Function URL, or an HTTP API, which speaks the same. */
export function functionUrl(target, { method = 'GET', headers = {} } = {}) {
  const [rawPath, rawQueryString = ''] = target.split('?')
  const http = { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: 'test' }
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { host: domainName, 'x-forwarded-for': sourceIp, ...headers },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abcdefghij',
      domainName,
      domainPrefix: 'abcdefghij',
      http,
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
    },
    isBase64Encoded: false,
  }
}

/** A REST API with a proxy for every path: names of headers as they were sent, no map that could be empty. */
export function restApi(target, { method = 'GET', headers = {} } = {}) {
  const [path, query] = target.split('?')
  const pairs = [...new URLSearchParams(query ?? '')]
  const single = pairs.length === 0 ? null : Object.fromEntries(pairs)
  const all = { Host: 'abcdefghij.execute-api.us-east-1.amazonaws.com', 'X-Forwarded-For': sourceIp, ...headers }
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: all,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    queryStringParameters: single,
    multiValueQueryStringParameters: single === null ? null : Object.fromEntries(pairs.map(([name, value]) => [name, [value]])),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      resourcePath: '/{proxy+}',
      httpMethod: method,
      path: `/production${path}`,
      stage: 'production',
      domainName: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      identity: { sourceIp },
    },
    body: null,
    isBase64Encoded: false,
  }
}
