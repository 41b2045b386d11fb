import { RespScanner } from './respScanner.js';

/** Commands by which a client sets up and keeps its connections; not part of what a request costs. */
export const HOUSEKEEPING: readonly string[] = [
  ...['HELLO', 'AUTH', 'SELECT', 'CLIENT', 'INFO', 'PING', 'COMMAND', 'QUIT', 'RESET', 'ROLE'],
  ...['READONLY', 'READWRITE', 'CLUSTER', 'SENTINEL'],
  ...['SUBSCRIBE', 'UNSUBSCRIBE', 'PSUBSCRIBE', 'PUNSUBSCRIBE', 'SSUBSCRIBE', 'SUNSUBSCRIBE'],
];

/**
 * What clients asked of Redis, and in how many round trips.
 *
 * The rule: a wave is a maximal group of commands, over all connections that share this object, that were sent before
 * a reply to any of them came back. So a command opens a new wave if a reply to a command of the latest wave has been
 * given to the client since, and belongs to the latest wave otherwise. A late reply to a command of an earlier wave
 * ends nothing: what it lets the client send runs beside the latest wave, and the count is the longest chain of waits.
 *
 * A reply that is faster than the client's next independent command splits what could have been one wave. To count
 * without that chance, let the proxy delay the replies by some milliseconds.
 */
export class RedisTraffic {
  private recorded: Buffer[][] = [];
  private latest: Wave | null = null;
  private waveCount = 0;

  /** @param ignored names of commands, in capitals, that are neither recorded nor part of a wave */
  constructor(private readonly ignored: readonly string[] = HOUSEKEEPING) {}

  /** The arguments of each command in the order of arrival, the name first and in capitals, read as UTF-8. */
  get commands(): string[][] {
    return this.recorded.map((args) => args.map((arg, index) => (index === 0 ? nameOf(args) : arg.toString('utf8'))));
  }

  /** The same, as the bytes that were sent. */
  get rawCommands(): readonly (readonly Buffer[])[] {
    return this.recorded;
  }

  get waves(): number {
    return this.waveCount;
  }

  /** Forgets what was counted; replies still on their way end no later wave. */
  reset(): void {
    this.recorded = [];
    this.latest = null;
    this.waveCount = 0;
  }

  /** Begins to listen to one connection; each direction is told its bytes when they are passed on. */
  connection(): { sent(chunk: Buffer): void; replied(chunk: Buffer): void } {
    // One entry a command that was not answered yet; null for those that do not count.
    const unanswered: (Wave | null)[] = [];
    let protocol = 2;
    let subscriber = false;

    const requests = new RespScanner((_type, bulks) => {
      const name = nameOf(bulks);
      if (name === 'HELLO' && bulks[1]?.toString() === '3') protocol = 3;
      if (name.endsWith('SUBSCRIBE')) {
        // Answered by messages of its own kind: in RESP3 marked as such, in RESP2 on a connection that does nothing else.
        if (protocol === 2) subscriber = true;
        return;
      }
      unanswered.push(this.ignored.includes(name) ? null : this.record(bulks));
    });
    const replies = new RespScanner((type) => {
      if (type === '>' || subscriber) return;
      const wave = unanswered.shift();
      if (wave && wave === this.latest) this.latest = null;
    });
    return { sent: (chunk) => requests.push(chunk), replied: (chunk) => replies.push(chunk) };
  }

  private record(args: readonly Buffer[]): Wave {
    // Copied, since the arguments are views of the chunk they came in, which would be kept whole.
    this.recorded.push(args.map((arg) => Buffer.from(arg)));
    if (this.latest === null) {
      this.latest = {};
      this.waveCount++;
    }
    return this.latest;
  }
}

/** Told apart by identity alone. */
type Wave = object;

function nameOf(args: readonly Buffer[]): string {
  return (args[0]?.toString('latin1') ?? '').toUpperCase();
}
