import type { CodedError } from '../errors.js';
import { PIPELINE_COMMANDS, type Command, type CommandReader } from '../redis/commandRunner.js';
import { covers, type ProductFields } from './product.js';
import { ProductLookup } from './productLookup.js';

/**
 * The look-ups that all requests of one turn of the event loop ask for, sent together when it ends. Requests that want
 * the same product share its look-up: it is sent after each of them asked, so none gets anything older than by one of
 * its own.
 */
export class ProductWave {
  /** When all that the first look asked for is there; a failure stands in the look-ups. */
  readonly arrived: Promise<void>;
  readonly #lookups: ProductLookup[] = [];
  readonly #byId = new Map<string, ProductLookup>();
  #commands = 0;
  #seenAgain: Promise<void> | undefined;

  /** @param onClosed called once it is on its way, or failed: nothing can be added any more */
  constructor(
    private readonly reader: CommandReader,
    onClosed: () => void,
  ) {
    this.arrived = this.#look(this.#lookups, onClosed);
  }

  /** A full pipeline takes no more requests: of many the first need not wait until the last has its replies. */
  get isFull(): boolean {
    return this.#commands >= PIPELINE_COMMANDS;
  }

  /** The look-up of a product that tells these fields, and its TTL where that is wanted. */
  lookup(id: string, fields: ProductFields, withTtl: boolean): ProductLookup {
    const shared = this.#byId.get(id);
    if (shared !== undefined && covers(shared.fields, fields) && (shared.withTtl || !withTtl)) return shared;
    const lookup = new ProductLookup(id, fields, withTtl);
    this.#byId.set(id, lookup);
    this.#lookups.push(lookup);
    this.#commands += lookup.commandCount;
    return lookup;
  }

  /** The second look, for those of its products that live in `hot_product` alone and were not looked for there. */
  secondLook(): Promise<void> {
    return (this.#seenAgain ??= this.#look(this.#lookups.filter((lookup) => lookup.needsSecondLook)));
  }

  async #look(lookups: readonly ProductLookup[], onLeft?: () => void): Promise<void> {
    try {
      const replies = await this.reader.readLate(() => {
        onLeft?.();
        const commands: Command[] = [];
        for (const lookup of lookups) lookup.addCommands(commands);
        return commands;
      });
      let next = 0;
      for (const lookup of lookups) next = lookup.takeReplies(replies, next);
    } catch (error) {
      onLeft?.();
      for (const lookup of lookups) lookup.error = error as CodedError;
    }
  }
}
