import { Session } from 'node:inspector/promises';

/**
 * Loaded into a server before its own code (`--expose-gc --import`), so that the bench can look inside: it tells what
 * the heap holds after a full collection, and where the time goes between two messages.
 */
export type ProbeRequest = 'heap' | 'startProfile' | 'stopProfile';

const inspector = new Session();

process.on('message', (request: ProbeRequest) => {
  answer(request).then(
    (value) => process.send?.(value),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
// A server must not stay alive for this alone.
process.channel?.unref();

async function answer(request: ProbeRequest): Promise<unknown> {
  switch (request) {
    case 'heap':
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    case 'startProfile':
      inspector.connect();
      await inspector.post('Profiler.enable');
      await inspector.post('Profiler.setSamplingInterval', { interval: 200 });
      await inspector.post('Profiler.start');
      return null;
    case 'stopProfile': {
      const { profile } = await inspector.post('Profiler.stop');
      inspector.disconnect();
      return profile;
    }
  }
}
