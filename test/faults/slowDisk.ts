import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { PrivateRedis } from '../../src/demo/privateRedis.js';
import type { Fault } from './storm.js';
import { startOneNode, type OneNode } from './worlds.js';

const FLUSH_TAKES_US = 1_900_000;

/** `strace` is what slows a flush down; without it this control cannot be run. */
export const canSlowDisk = (): boolean => spawnSync('strace', ['-V']).status === 0;

/** Redis puts writes off while a flush is under way, and acknowledges them: what kill -9 finds unwritten is lost. */
export function killedBehindSlowDisk(): Fault<OneNode> {
  let tracer: ChildProcess;
  const slowDown = async ({ pid }: PrivateRedis): Promise<void> => {
    const injected = `inject=fdatasync:delay_enter=${FLUSH_TAKES_US}`;
    tracer = spawn('strace', ['-f', '-p', String(pid), '-e', 'trace=fdatasync', '-e', injected]);
    // It says so when it is attached.
    await once(tracer.stderr!, 'data');
  };
  return {
    name: 'control: kill -9, everysec on a slow disk',
    async start() {
      const world = await startOneNode({ appendonly: true, appendfsync: 'everysec' });
      await slowDown(world.server);
      return {
        ...world,
        async stop() {
          tracer.kill();
          await world.stop();
        },
      };
    },
    async strike({ server }) {
      await server.kill('SIGKILL');
      await server.restart();
      await slowDown(server);
      return performance.now();
    },
  };
}
