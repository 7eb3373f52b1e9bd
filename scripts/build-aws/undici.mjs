// What of undici the function uses: its main file would bring fetch, WebSocket, caches and mocks, four fifths of the whole bundle.

export { default as buildConnector } from 'undici/lib/core/connect.js'
export { default as Agent } from 'undici/lib/dispatcher/agent.js'
