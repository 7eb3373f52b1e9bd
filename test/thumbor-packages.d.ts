declare module 'thumbor' {
  const client: new (securityKey: string | undefined, server: string) => unknown
  export default client
}
declare module 'thumbor-lite' {
  const client: new (securityKey: string | undefined, server: string) => unknown
  export default client
}
