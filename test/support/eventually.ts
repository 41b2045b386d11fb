import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats an assertion until it holds; its last failure is thrown when it does not within `withinMs` (default 5 s). */
export async function eventually<T>(assertion: () => T | Promise<T>, withinMs = 5_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(20);
  }
}
