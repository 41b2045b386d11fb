import { createServer } from 'node:net';

const LOWEST = 17_000;
const HIGHEST = 31_999;

/**
 * A TCP port of 127.0.0.1 that nobody listened on a moment ago; another process may still take it first, so callers
 * try again with another one when they find it taken.
 *
 * The port lies beneath the range from which systems take the ports of outgoing connections (from 32768 on Linux).
 * Otherwise a server that is killed and started again may find its port in use by some client, and a client that
 * keeps reconnecting to the dead port may be given that very port and end up connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
