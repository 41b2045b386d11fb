import type { Command, CommandReader, Reply } from './commandRunner.js';

/**
 * Reads that are asked for and not on their way yet, by name. Whoever asks for the same within that turn of the event
 * loop shares one: it is sent after all of them asked, so nobody gets anything older than by a read of its own. It has
 * no deadline; each who waits for it has its own.
 */
export class UnsentReads<V> {
  readonly #unsent = new Map<string, Promise<V>>();

  constructor(private readonly reader: CommandReader) {}

  /** @throws UPSTREAM_UNAVAILABLE, and what `decode` throws */
  join(name: string, commands: readonly Command[], decode: (replies: readonly Reply[]) => V): Promise<V> {
    const unsent = this.#unsent.get(name);
    if (unsent !== undefined) return unsent;
    const forget = (): void => {
      if (this.#unsent.get(name) === read) this.#unsent.delete(name);
    };
    const leave = () => {
      forget();
      return commands;
    };
    const read = this.reader.readLate(leave).then(decode);
    this.#unsent.set(name, read);
    // What is refused at once never leaves.
    read.catch(forget);
    return read;
  }
}
