import calculateSlot from 'cluster-key-slot';
import { Redis, type Cluster } from 'ioredis';
import type { RedisClient } from './client.js';
import type { Command, Reply } from './commandRunner.js';
import { ConnectionLost } from './presence.js';
import { inTime, TimedOut } from './inTime.js';
import { sendPipeline } from './pipeline.js';
import { isRedirection, isTimeout } from './replyErrors.js';
import { ONLY_NODE, type Suspects } from './suspects.js';

export interface Answers {
  /** In the order of the commands; an error is the reply of the command that it befell. */
  readonly replies: Reply[];
  /** Nodes that let a command time out. */
  readonly timedOut: readonly string[];
}

/**
 * Sends the commands as one pipeline, on a Cluster one a node that is not suspected.
 * @throws ConnectionLost where it closed before all was answered; the nodes of a Cluster reconnect by themselves.
 */
export async function sendReads(
  client: RedisClient,
  commands: readonly Command[],
  suspects: Pick<Suspects, 'has'>,
  timeoutMs: number,
): Promise<Answers> {
  if (!(client instanceof Redis)) return perNode(client, commands, suspects, timeoutMs);
  const replies = await allInTime(sendPipeline(client, commands), commands, timeoutMs);
  if (replies.some(wasCutOff)) throw new ConnectionLost();
  return { replies, timedOut: replies.some(hasTimedOut) ? [ONLY_NODE] : [] };
}

/** One timer stands for all commands: ioredis' own, one a command, take a quarter of a big pipeline's time. */
async function allInTime(sent: Promise<Reply[]>, commands: readonly Command[], timeoutMs: number): Promise<Reply[]> {
  const replies = await inTime(sent, timeoutMs);
  return replies instanceof TimedOut ? commands.map(() => replies) : replies;
}

/** ioredis follows the Cluster's topology for its own pipelines alone. */
async function clusterPipeline(cluster: Cluster, commands: readonly Command[]): Promise<Reply[]> {
  const results = await cluster.pipeline(commands as unknown as unknown[][]).exec();
  if (results === null) throw new Error('The pipeline was discarded.');
  return results.map(([error, value]) => error ?? value);
}

/**
 * A Cluster takes a pipeline only where all its keys live on one node, so commands are grouped by the node that
 * owns their slot. What a node refuses because a slot moved meanwhile is asked again alone: ioredis follows
 * redirections for single commands.
 */
async function perNode(
  cluster: Cluster,
  commands: readonly Command[],
  suspects: Pick<Suspects, 'has'>,
  timeoutMs: number,
): Promise<Answers> {
  const groups = new Map<string, number[]>();
  commands.forEach(([, key], index) => {
    const node = cluster.slots[calculateSlot(key)]?.[0] ?? '';
    const group = groups.get(node);
    if (group) group.push(index);
    else groups.set(node, [index]);
  });
  const replies = new Array<Reply>(commands.length);
  const timedOut: string[] = [];
  await Promise.all(
    [...groups].map(async ([node, indexes]) => {
      const group = indexes.map((index) => commands[index]!);
      const answers = suspects.has(node)
        ? group.map(() => new Error('The node does not answer.'))
        : await allInTime(clusterPipeline(cluster, group), group, timeoutMs).catch((error: unknown): Reply[] =>
            indexes.map(() => error),
          );
      if (answers.some(hasTimedOut)) timedOut.push(node);
      await Promise.all(
        indexes.map(async (index, position) => {
          const answer = answers[position];
          replies[index] = isRedirection(answer) ? await alone(cluster, commands[index]!, timeoutMs) : answer;
        }),
      );
    }),
  );
  return { replies, timedOut };
}

async function alone(cluster: Cluster, [name, ...args]: Command, timeoutMs: number): Promise<Reply> {
  return inTime(cluster.call(name, ...args), timeoutMs).catch((error: unknown) => error);
}

/** ioredis gives up what it holds back or has under way where it will not connect again. */
const wasCutOff = (reply: Reply): boolean => reply instanceof Error && reply.name !== 'ReplyError' && !isTimeout(reply);

const hasTimedOut = (reply: Reply): boolean => reply instanceof Error && isTimeout(reply);
