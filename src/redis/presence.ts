import type { RedisClient } from './client.js';

/** Whether a client is connected, and since when it is not. ioredis connects it again in the background, for ever. */
export class Presence {
  #awaySinceMs: number | undefined;
  readonly #onReturn = new Set<() => void>();
  readonly #onLoss = new Set<(error: Error) => void>();

  /** @param patienceMs how long after a loss the connection is worth waiting for */
  constructor(
    private readonly client: RedisClient,
    private readonly patienceMs: number,
  ) {
    if (!this.isThere) this.#awaySinceMs = performance.now();
    client.on('ready', () => this.#returned());
    client.on('close', () => this.#lost());
  }

  get isThere(): boolean {
    return this.client.status === 'ready';
  }

  get isLongAway(): boolean {
    return !this.isThere && this.#patienceLeftMs <= 0;
  }

  /** Resolves when the client is connected, rejects when it has been away for longer than one has patience. */
  async untilThere(): Promise<void> {
    if (this.isThere) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#onReturn.delete(settle);
        if (this.isThere) resolve();
        else reject(new Error('Not connected.'));
      };
      const timer = setTimeout(settle, this.#patienceLeftMs);
      this.#onReturn.add(settle);
    });
  }

  /**
   * Settles as `work` does, or rejects with ConnectionLost as soon as the connection closes. ioredis, told not to
   * resend, would leave the commands under way unsettled until their timeout.
   */
  orLost<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#onLoss.add(reject);
      work.then(resolve, reject).finally(() => this.#onLoss.delete(reject));
    });
  }

  get #patienceLeftMs(): number {
    const now = performance.now();
    this.#awaySinceMs ??= now;
    return this.#awaySinceMs + this.patienceMs - now;
  }

  #returned(): void {
    this.#awaySinceMs = undefined;
    for (const settle of this.#onReturn) settle();
  }

  #lost(): void {
    this.#awaySinceMs ??= performance.now();
    for (const reject of this.#onLoss) reject(new ConnectionLost());
    this.#onLoss.clear();
  }
}

export class ConnectionLost extends Error {
  constructor() {
    super('The connection was lost.');
  }
}
