import { ConfigError, loadConfig } from './config.js';
import { createServer, type GatewayServer } from './server/createServer.js';

run().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});

async function run(): Promise<void> {
  const config = loadConfig(process.env);
  const server = await createServer(config);
  endOnSignals(server, config.shutdownGraceMs);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The first signal ends the gateway in good order, a second one, or the end of the grace time, at once. */
function endOnSignals(server: GatewayServer, graceMs: number): void {
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) process.exit(1);
    isEnding = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    await server.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      end().catch((error: unknown) => {
        console.error(explain(error));
        process.exit(1);
      });
    });
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Choose another one by PORT.`;
  return `The gateway could not start: ${error instanceof Error ? error.message : String(error)}`;
}
