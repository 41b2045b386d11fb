import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What `CoherentCache.stats` and the like give: numbers by name, read at each scrape. */
export type StatsSource = () => Readonly<Record<string, number | boolean>>;

/** The gateway's figures for Prometheus, in a registry of their own: servers in one process do not mix them. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#histogram('gateway_request_duration_seconds', 'Time from a request to its answer.', [
    'operation',
    'status',
  ]);
  readonly #batches = this.#histogram('gateway_redis_batch_duration_seconds', 'Round trip of one pipeline.', [
    'outcome',
  ]);
  readonly #commands = this.#counter('gateway_redis_commands_total', 'Commands sent to Redis in pipelines.', []);
  readonly #errors = this.#counter('gateway_errors_total', 'Errors in answers by code.', ['code']);
  readonly #faults = this.#counter('gateway_data_faults_total', 'Broken values met in Redis by kind.', ['kind']);
  readonly #feeds = this.#counter('gateway_feed_answers_total', 'Feeds answered, by the rule that did.', [
    'feed',
    'source',
    'fallback',
  ]);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** @param operation query, mutation or none (nothing was executed). */
  requestEnded(operation: string, status: number, durationMs: number): void {
    this.#requests.observe({ operation, status: String(status) }, durationMs / 1_000);
  }

  errorAnswered(code: string): void {
    this.#errors.inc({ code });
  }

  faultsMet(faults: ReadonlyMap<string, number>): void {
    for (const [kind, count] of faults) this.#faults.inc({ kind }, count);
  }

  /** @param source the rule that answered first, or NONE. */
  feedAnswered(feed: string, source: string, isFallback: boolean): void {
    this.#feeds.inc({ feed, source, fallback: String(isFallback) });
  }

  batchEnded(commands: number, durationMs: number, succeeded: boolean): void {
    this.#commands.inc(commands);
    this.#batches.observe({ outcome: succeeded ? 'answered' : 'failed' }, durationMs / 1_000);
  }

  /** Shows each number of the source as a gauge `{prefix}_{name}`. */
  watch(prefix: string, source: StatsSource): void {
    for (const name of Object.keys(source())) {
      const gauge: Gauge = new Gauge({
        name: `${prefix}_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        help: `${name} of ${prefix}`,
        registers: [this.registry],
        collect: () => gauge.set(Number(source()[name])),
      });
    }
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, labelNames: string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
