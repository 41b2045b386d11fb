import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { freePort } from '../../src/demo/freePort.js';
import { ProxiedConnection } from './proxiedConnection.js';
import type { ProxyState } from './proxiedConnection.js';
import { RedisTraffic } from './redisTraffic.js';

/** A proxy before a Redis that breaks connections on demand and counts what passes. */
export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** The Redis URL that leads through the proxy, with the password of the target's. */
  readonly url: string;
  /** Connections open at the moment. */
  readonly connections: number;
  /** See RedisTraffic, also for the three below. */
  readonly traffic: RedisTraffic;
  readonly commands: string[][];
  readonly waves: number;
  reset(): void;
  /** Ends all connections, both sides; new ones are accepted. */
  cutAll(): void;
  /** New connections are refused (ECONNREFUSED) while on; those that are open stay. */
  refuse(on: boolean): Promise<void>;
  /** While on, the first reply on a connection is thrown away and the connection cut: done, but nobody was told. */
  dropReplies(on: boolean): void;
  /** While on, nothing passes either way and nothing is closed, also on new connections; then all goes on. */
  freeze(on: boolean): void;
  /** Replies that arrive from now on are handed over so many milliseconds later. */
  delay(ms: number): void;
  stop(): Promise<void>;
}

export interface TcpProxyOptions {
  /** Commands, in capitals, that do not count. Default: HOUSEKEEPING of RedisTraffic. */
  readonly ignored?: readonly string[];
  /** To count over several proxies (a Cluster's nodes) as one; `ignored` is then its own. */
  readonly traffic?: RedisTraffic;
  /** Whether commands are recorded and counted at all. Default true; false saves memory under long load. */
  readonly count?: boolean;
}

const HOST = '127.0.0.1';

/** Starts a proxy on a free port; `target` may be what startRedis answers. */
export async function startTcpProxy(
  target: { readonly host: string; readonly port: number; readonly url?: string },
  options: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const traffic = options.traffic ?? new RedisTraffic(options.ignored);
  const state: ProxyState = { frozen: false, dropping: false, delayMs: 0 };
  const open = new Set<ProxiedConnection>();

  const accept = (client: Socket): void => {
    const connection = new ProxiedConnection(
      client,
      connect({ host: target.host, port: target.port }),
      state,
      options.count === false ? null : traffic.connection(),
    );
    open.add(connection);
    client.once('close', () => open.delete(connection));
  };
  const [first, port] = await listenOnFreePort(accept);
  let server = first;

  const url = new URL(target.url ?? 'redis://placeholder');
  url.host = `${HOST}:${port}`;

  return {
    host: HOST,
    port,
    url: url.toString(),
    traffic,
    get connections() {
      return open.size;
    },
    get commands() {
      return traffic.commands;
    },
    get waves() {
      return traffic.waves;
    },
    reset: () => traffic.reset(),
    cutAll: () => open.forEach((connection) => connection.cut()),
    async refuse(on) {
      // Closing stops the listening at once; its callback would wait for the connections that are to stay.
      if (on) server.close();
      else if (!server.listening) server = await listen(port, accept);
    },
    dropReplies(on) {
      state.dropping = on;
    },
    freeze(on) {
      state.frozen = on;
      open.forEach((connection) => connection.applyFreeze());
    },
    delay(ms) {
      state.delayMs = ms;
    },
    async stop() {
      open.forEach((connection) => connection.cut());
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

async function listenOnFreePort(accept: (client: Socket) => void): Promise<[Server, number]> {
  for (;;) {
    const port = await freePort();
    try {
      return [await listen(port, accept), port];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

async function listen(port: number, accept: (client: Socket) => void): Promise<Server> {
  const server = createServer(accept).listen(port, HOST);
  await once(server, 'listening');
  return server;
}
