import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * Who runs where: the server that is measured has core 0 for itself; the load and Redis share core 1. With a third
 * core Redis moves there. Where nothing can be pinned (one core, no `taskset`), everything runs as the system likes.
 */
export const cores = plan();

function plan(): { server: number; load: number; redis: number } | undefined {
  const isPinnable = availableParallelism() >= 2 && spawnSync('taskset', ['--version']).status === 0;
  return isPinnable ? { server: 0, load: 1, redis: availableParallelism() >= 3 ? 2 : 1 } : undefined;
}

/** Moves a running process, with all its threads, to a core. */
export function pin(pid: number, core: number | undefined): void {
  if (core === undefined) return;
  const { status, stderr } = spawnSync('taskset', ['-acp', String(core), String(pid)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`taskset could not pin ${pid}: ${stderr}`);
}
