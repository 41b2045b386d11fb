import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import { eventually } from '../support/eventually.js';
import { askRedis } from '../support/redisServer.js';
import { untilReplica } from './clusterFaults.js';
import type { Fault } from './storm.js';
import { startOneNode, startSentinelWorld, type OneNode, type SentinelWorld } from './worlds.js';

/** Longer than a request may take, so that those under way end unknown. */
const LONGER_THAN_A_REQUEST_MS = 1_200;
const FAILED_OVER_WITHIN_MS = 15_000;

const now = (): number => performance.now();

export const connectionsCut: Fault<OneNode> = {
  name: 'connections cut',
  start: () => startOneNode(),
  async strike({ proxy }) {
    proxy.cutAll();
    return now();
  },
};

export const repliesDropped: Fault<OneNode> = {
  name: 'replies dropped',
  start: () => startOneNode(),
  async strike({ proxy }) {
    proxy.dropReplies(true);
    await sleep(100);
    proxy.dropReplies(false);
    return now();
  },
};

/** `kill -9` of a Redis that keeps what the settings say. */
export const killed = (name: string, persistence: Parameters<typeof startOneNode>[0]): Fault<OneNode> => ({
  name: `kill -9, ${name}`,
  start: () => startOneNode(persistence),
  async strike({ server }) {
    await server.kill('SIGKILL');
    await server.restart();
    return now();
  },
});

export const paused: Fault<OneNode> = {
  name: 'CLIENT PAUSE',
  start: () => startOneNode(),
  async strike({ server }, turn) {
    await askRedis(server, 'CLIENT', 'PAUSE', String(LONGER_THAN_A_REQUEST_MS), turn % 2 === 0 ? 'ALL' : 'WRITE');
    await sleep(LONGER_THAN_A_REQUEST_MS);
    return now();
  },
};

export const asleep: Fault<OneNode> = {
  name: 'DEBUG SLEEP',
  start: () => startOneNode(),
  async strike({ server }) {
    await askRedis(server, 'DEBUG', 'SLEEP', String(LONGER_THAN_A_REQUEST_MS / 1_000));
    return now();
  },
};

/**
 * The master's process stops and keeps its connections. It goes on once another one is master, and is a replica when
 * Sentinel has made it one: until then, some ten seconds, a second failover would promote what is out of date.
 */
export const masterHung: Fault<SentinelWorld> = {
  name: 'Sentinel, master hung',
  start: () => startSentinelWorld(),
  async strike({ sentinel }) {
    const hungPort = await sentinel.masterPort();
    const since = now();
    await nodesOf(sentinel)
      .find(({ port }) => port === hungPort)!
      .kill('SIGSTOP');
    await eventually(async () => {
      if ((await sentinel.masterPort()) === hungPort) throw new Error('no failover yet');
    }, FAILED_OVER_WITHIN_MS);
    return since;
  },
  async heal({ sentinel }) {
    const masterPort = await sentinel.masterPort();
    const hung = nodesOf(sentinel).find(({ port }) => port !== masterPort)!;
    await hung.kill('SIGCONT');
    await untilReplica(hung);
  },
};

const nodesOf = ({ master, replica }: SentinelWorld['sentinel']): readonly PrivateRedis[] => [master, replica];
