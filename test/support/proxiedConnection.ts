import type { Socket } from 'node:net';
import type { RedisTraffic } from './redisTraffic.js';

/** What the proxy is told to do to all its connections; they look at it whenever something is to pass. */
export interface ProxyState {
  frozen: boolean;
  dropping: boolean;
  delayMs: number;
}

/** One client's connection through the proxy, and its counterpart to Redis. */
export class ProxiedConnection {
  /** Replies not yet handed over, in order; null stands for the end of the stream. */
  private readonly held: { readonly chunk: Buffer | null; readonly due: number }[] = [];
  private handingOver = false;

  constructor(
    private readonly client: Socket,
    private readonly redis: Socket,
    private readonly state: ProxyState,
    private readonly watcher: ReturnType<RedisTraffic['connection']> | null,
  ) {
    client.setNoDelay(true);
    redis.setNoDelay(true);
    client.on('data', (chunk: Buffer) => {
      watcher?.sent(chunk);
      redis.write(chunk);
    });
    redis.on('data', (chunk: Buffer) => {
      if (state.dropping) this.cutAfterRequests();
      else this.hold(chunk);
    });
    redis.on('end', () => this.hold(null));
    client.on('close', () => redis.end());
    // A broken side breaks the other one, as it would without a proxy; the client under test sees it and reports.
    client.on('error', () => redis.destroy());
    redis.on('error', () => client.destroy());
    this.applyFreeze();
  }

  cut(): void {
    this.client.destroy();
    this.redis.destroy();
  }

  applyFreeze(): void {
    for (const socket of [this.client, this.redis]) {
      if (this.state.frozen) socket.pause();
      else socket.resume();
    }
    this.handOverLater();
  }

  /** The client loses its connection, while Redis still reads and does all that was sent. */
  private cutAfterRequests(): void {
    this.client.destroy();
    this.redis.end();
  }

  private hold(chunk: Buffer | null): void {
    const due = Math.max(performance.now() + this.state.delayMs, this.held.at(-1)?.due ?? 0);
    this.held.push({ chunk, due });
    this.handOverLater();
  }

  private handOverLater(): void {
    const next = this.held[0];
    if (this.handingOver || this.state.frozen || next === undefined) return;
    this.handingOver = true;
    const waitMs = next.due - performance.now();
    // Immediates run after the sockets were read: commands that the client sent before it could see this reply are
    // seen before it here too, and count to its wave.
    const handOver = (): unknown => setImmediate(() => this.handOver());
    if (waitMs > 0) setTimeout(handOver, waitMs);
    else handOver();
  }

  private handOver(): void {
    this.handingOver = false;
    if (this.state.frozen) return;
    const next = this.held.shift();
    if (next?.chunk) {
      this.watcher?.replied(next.chunk);
      this.client.write(next.chunk);
    } else if (next) this.client.end();
    this.handOverLater();
  }
}
