import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export interface HealthChecks {
  /** Whether Redis answers; settles within its command timeout. */
  redisAnswers(): Promise<boolean>;
  isStopping(): boolean;
  registry: Registry;
}

/** `/healthz`: the process is alive. `/readyz`: it can answer requests. `/metrics`: its figures, for Prometheus. */
export function addHealthRoutes(app: FastifyInstance, checks: HealthChecks): void {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    if (checks.isStopping()) return reply.code(503).send({ status: 'stopping' });
    const isUp = await checks.redisAnswers();
    return reply.code(isUp ? 200 : 503).send({ status: isUp ? 'ok' : 'unavailable', redis: isUp ? 'up' : 'down' });
  });

  app.get('/metrics', async (_request, reply) =>
    reply.type(checks.registry.contentType).send(await checks.registry.metrics()),
  );
}
