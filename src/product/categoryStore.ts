import { CodedError } from '../errors.js';
import type { CoherentCache } from '../redis/coherentCache.js';
import type { Command, CommandReader } from '../redis/commandRunner.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import { decodeCategory, type Category } from './category.js';

const ENTRY_BYTES = 200;

/** Reads of `category:{id}` (document B, Category Mapping). */
export class CategoryStore {
  constructor(
    private readonly reader: CommandReader,
    private readonly cache: CoherentCache | undefined,
  ) {}

  /** All of them in one wave, null where there is none; a failed look-up is an error at its own place. */
  async readMany(ids: readonly string[], scope: ReadScope): Promise<(Category | null | CodedError)[]> {
    return Promise.all(ids.map((id) => this.#readOne(id, scope).catch((error: CodedError) => error)));
  }

  async #readOne(id: string, scope: ReadScope): Promise<Category | null> {
    const key = keys.category(id);
    const known = this.cache?.get<Category | null>(key);
    if (known !== undefined) return known;
    const flight = this.cache?.inFlight<Category | null>(key);
    if (flight !== undefined) return flight;
    const ticket = this.cache?.begin(key);
    try {
      const commands: Command[] = [['hmget', key, 'id', 'name', 'slug']];
      if (ticket) commands.push(['pttl', key]);
      const [fields, ttl] = await this.reader.read(commands, scope.deadline);
      if (fields instanceof CodedError) throw fields;
      if (fields instanceof Error) scope.addFault('WRONG_TYPE');
      const category = fields instanceof Error ? null : decodeCategory(id, fields as (string | null)[]);
      if (ticket) {
        const ttlMs = typeof ttl !== 'number' || (ttl === -2 && category !== null) ? 0 : ttl < 0 ? Infinity : ttl;
        this.cache?.store(ticket, { value: category, ttlMs, bytes: ENTRY_BYTES });
      }
      return category;
    } catch (error) {
      if (ticket) this.cache?.abandon(ticket, error as Error);
      const stale = this.cache?.getStale<Category | null>(key);
      if (stale === undefined) throw error;
      scope.isStale = true;
      return stale;
    }
  }
}
