import { CodedError } from '../errors.js';
import type { CoherentCache } from '../redis/coherentCache.js';
import type { Command, CommandReader } from '../redis/commandRunner.js';
import { remainingMs } from '../redis/decode.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import { decodeCategory, type Category } from './category.js';

/** A category, or that there is none, and when that runs out on the monotonic clock. */
export interface CategoryEntry {
  readonly category: Category | null;
  readonly expiresAtMs: number;
}

/** Without the in-process cache nobody asks for a TTL; an answer may be kept this long then. */
const UNCACHED_TTL_MS = 5_000;
const ENTRY_BYTES = 200;

/** Reads of `category:{id}` (document B, Category Mapping). */
export class CategoryStore {
  constructor(
    private readonly reader: CommandReader,
    private readonly cache: CoherentCache | undefined,
  ) {}

  /** All of them in one wave, null where there is none; a failed look-up is an error at its own place. */
  async readMany(ids: readonly string[], scope: ReadScope): Promise<(CategoryEntry | CodedError)[]> {
    return Promise.all(ids.map((id) => this.#readOne(id, scope).catch((error: CodedError) => error)));
  }

  async #readOne(id: string, scope: ReadScope): Promise<CategoryEntry> {
    const key = keys.category(id);
    const known = this.cache?.get<CategoryEntry>(key);
    if (known !== undefined) return known;
    // A read that somebody else began may fail because its caller hung up, which is nothing to this one.
    const flight = this.cache?.inFlight<CategoryEntry>(key);
    const joined = flight && (await scope.deadline.race(flight).catch(() => undefined));
    if (joined !== undefined) return joined;
    const askedAtMs = performance.now();
    const ticket = this.cache?.begin(key, askedAtMs);
    try {
      const commands: Command[] = [['hmget', key, 'id', 'name', 'slug']];
      if (ticket) commands.push(['pttl', key]);
      const [fields, ttl] = await this.reader.read(commands, scope.deadline);
      if (fields instanceof CodedError) throw fields;
      if (fields instanceof Error) scope.addFault('WRONG_TYPE');
      const category = fields instanceof Error ? null : decodeCategory(id, fields as (string | null)[]);
      const ttlMs = ticket ? remainingMs(ttl, category !== null) : UNCACHED_TTL_MS;
      const entry = { category, expiresAtMs: askedAtMs + ttlMs };
      if (ticket) this.cache?.store(ticket, { value: entry, ttlMs, bytes: ENTRY_BYTES });
      return entry;
    } catch (error) {
      if (ticket) this.cache?.abandon(ticket, error as Error);
      const stale = this.cache?.getStale<CategoryEntry>(key);
      if (stale === undefined) throw error;
      scope.isStale = true;
      return stale;
    }
  }
}
