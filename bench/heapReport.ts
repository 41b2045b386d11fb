/** Loaded into a server before its own code (`--expose-gc --import`): tells the bench what its heap holds when asked. */
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
// A server must not stay alive for this alone.
process.channel?.unref();

export {};
