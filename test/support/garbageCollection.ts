import type { BuiltGateway } from './builtGateway.js';
import { eventually } from './eventually.js';

/** To be preloaded into a gateway whose memory is judged: garbage says nothing of what it keeps. */
export const GARBAGE_COLLECTOR = `
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    console.log('COLLECTED ALL GARBAGE');
  });`;

/** Resolves when the process, with `GARBAGE_COLLECTOR` preloaded, has collected all garbage. */
export async function collectGarbage(gateway: BuiltGateway): Promise<void> {
  const collections = () => gateway.output().split('COLLECTED ALL GARBAGE').length;
  const before = collections();
  gateway.signal('SIGUSR2');
  await eventually(() => expect(collections()).toBeGreaterThan(before));
}
