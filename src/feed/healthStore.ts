import { CodedError } from '../errors.js';
import type { CommandReader, Reply } from '../redis/commandRunner.js';
import { finiteNumber, integer, presentText, timestamp, type DataFault } from '../redis/decode.js';
import { keys } from '../redis/keyspace.js';
import type { ReadScope } from '../redis/readScope.js';
import type { HealthFigures } from './health.js';

/** Reads the monitoring keys (document B, Monitoring Keys). */
export class HealthStore {
  constructor(private readonly reader: CommandReader) {}

  /** All figures in one wave. @throws UPSTREAM_UNAVAILABLE where none of the keys could be read. */
  async read(scope: ReadScope): Promise<HealthFigures> {
    const [users, update, stats] = await this.reader.read(
      [
        ['scard', keys.usersWithRecommendations()],
        ['get', keys.lastUpdate()],
        ['hmget', keys.stats(), 'total_users', 'total_products', 'last_processing_time'],
      ],
      scope.deadline,
    );
    if (users instanceof CodedError && update instanceof CodedError && stats instanceof CodedError) throw users;
    const text = <T>(value: unknown, decode: (text: string) => T | undefined, fault: DataFault): T | null => {
      const present = presentText(value as string | null | undefined);
      if (present === undefined) return null;
      const decoded = decode(present);
      if (decoded === undefined) scope.addFault(fault);
      return decoded ?? null;
    };
    const [totalUsers, totalProducts, lastProcessingTime] = (readable(stats, scope) ?? []) as (string | null)[];
    return {
      usersWithRecommendations: (readable(users, scope) as number | undefined) ?? null,
      lastUpdate: text(readable(update, scope), timestamp, 'INVALID_TIMESTAMP'),
      totalUsers: text(totalUsers, integer, 'INVALID_INTEGER'),
      totalProducts: text(totalProducts, integer, 'INVALID_INTEGER'),
      lastProcessingTime: text(lastProcessingTime, finiteNumber, 'INVALID_NUMBER'),
    };
  }
}

function readable(reply: Reply, scope: ReadScope): unknown {
  if (!(reply instanceof Error)) return reply;
  if (!(reply instanceof CodedError)) scope.addFault('WRONG_TYPE');
  return undefined;
}
