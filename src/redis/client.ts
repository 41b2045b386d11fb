import { readFileSync } from 'node:fs';
import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';
import type { Config } from '../config.js';
import { tlsConnector } from './tlsConnectors.js';

/** A connection to the shop's Redis, whatever its mode. Features use it through `CommandRunner` and the scripts. */
export type RedisClient = Redis | Cluster;

export type RedisSettings = Config['redis'];

/** ioredis' options, replies always in its default ("legacy") shapes: its RESP3 shapes decode some doubles wrongly. */
export type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** How soon a lost connection is tried again, at most: recovery within a second of Redis' return is promised. */
const RECONNECT_MAX_MS = 250;

/**
 * Builds a connection to one node, a Sentinel's master or a Cluster, as the settings say. It connects in the
 * background and for ever; whoever asks while it is away hears so within the command timeout.
 *
 * @param name shown in `CLIENT LIST`, so that an operator can tell the gateway's connections apart.
 */
export function createRedisClient(
  settings: RedisSettings,
  name: string,
  overrides: ConnectionOptions = {},
): RedisClient {
  const options = { ...connectionOptions(settings), connectionName: `gateway:${name}`, ...overrides };
  if (settings.clusterNodes.length > 0) return new Cluster(settings.clusterNodes, clusterOptions(options));
  if (settings.sentinels.length > 0) return new Redis(options);
  return new Redis(settings.url, options);
}

/** The options that every connection shares, also one to a single node of a Cluster. */
export function connectionOptions(settings: RedisSettings): ConnectionOptions {
  const tls = tlsOf(settings);
  return {
    commandTimeout: settings.commandTimeoutMs,
    connectTimeout: 1_000,
    // A Redis that loads its data says how long that takes, in whole seconds: ask again sooner.
    maxLoadingRetryTime: 100,
    // A peer that hangs keeps its socket: give it up, so that Sentinel's or the Cluster's new master is asked.
    socketTimeout: Math.max(1_000, 2 * settings.commandTimeoutMs),
    // A command that was under way may have been carried out. Only its sender knows whether it can be repeated.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    enableAutoPipelining: false,
    retryStrategy: (attempt) => Math.min(25 * attempt, RECONNECT_MAX_MS),
    ...(settings.sentinels.length > 0 && {
      sentinels: settings.sentinels,
      name: settings.sentinelMaster,
      ...(settings.sentinelPassword !== undefined && { sentinelPassword: settings.sentinelPassword }),
      sentinelCommandTimeout: settings.commandTimeoutMs,
      sentinelRetryStrategy: (attempt: number) => Math.min(25 * attempt, RECONNECT_MAX_MS),
      failoverDetector: true,
    }),
    // By itself ioredis would speak plainly to Sentinels, and to the master that they name.
    ...(tls && {
      tls,
      sentinelTLS: tls,
      enableTLSForSentinelMode: true,
      Connector: tlsConnector(settings.sentinels.length > 0),
    }),
    ...credentialsOf(settings),
  };
}

function tlsOf({ url, tlsCaFile }: RedisSettings): { readonly ca?: Buffer } | undefined {
  if (tlsCaFile !== undefined) return { ca: readFileSync(tlsCaFile) };
  return url.startsWith('rediss:') ? {} : undefined;
}

/** In Cluster and Sentinel mode the URL still says user and password; its host and database do not count. */
function credentialsOf(settings: RedisSettings): ConnectionOptions {
  const url = new URL(settings.url);
  return {
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
  };
}

function clusterOptions(
  redisOptions: ConnectionOptions,
): Omit<ClusterOptions, 'redisOptions'> & { redisOptions: ConnectionOptions } {
  return {
    redisOptions,
    // A certificate vouches for the name of a node, and not for the address that ioredis would look up.
    ...(redisOptions.tls && { dnsLookup: (address, found) => found(null, address) }),
    clusterRetryStrategy: (attempt) => Math.min(25 * attempt, RECONNECT_MAX_MS),
    slotsRefreshTimeout: 500,
    slotsRefreshInterval: 2_000,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    retryDelayOnTryAgain: 20,
    enableAutoPipelining: false,
  };
}
