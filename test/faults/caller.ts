import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate } from './gate.js';
import type { Journal } from './journal.js';
import { mutate, type Answer, type MutationName, type Payloads } from './shopApi.js';

/** A change that the gateway refused although nothing speaks against it, or never answered. */
export class Refusal extends Error {
  constructor(
    name: MutationName,
    readonly code: string,
  ) {
    super(`${name} was refused: ${code}`);
    this.name = 'Refusal';
  }
}

const GIVE_UP_AFTER_MS = 60_000;
const RETRY_DELAY_MS = { first: 20, max: 200 };

/** Sends one household's changes, and repeats what is unknown, as it was, until somebody says how it stands. */
export class Caller {
  /** When the latest call that was answered had been sent, on the monotonic clock. */
  answeredSince = 0;

  constructor(
    private readonly url: string,
    private readonly gate: Gate,
    private readonly journal: Journal,
  ) {}

  /** One attempt. */
  async once<Name extends MutationName>(
    name: Name,
    token: string | null,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Answer<Payloads[Name]>> {
    return this.gate.through(async () => {
      const sentAt = performance.now();
      const answer = await mutate(this.url, name, token, input);
      if (answer.outcome === 'UNKNOWN') this.journal.unknown++;
      else this.answeredSince = Math.max(this.answeredSince, sentAt);
      return answer;
    });
  }

  /** @throws Refusal also where nothing is known after a minute. */
  async untilAnswered<Name extends MutationName>(
    name: Name,
    token: string | null,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Payloads[Name]> {
    return untilKnown(name, () => this.once(name, token, input));
  }
}

/** Repeats an attempt while its outcome is unknown. @throws Refusal */
export async function untilKnown<Payload>(
  name: MutationName,
  attempt: () => Promise<Answer<Payload>>,
): Promise<Payload> {
  const givesUpAt = performance.now() + GIVE_UP_AFTER_MS;
  for (let delayMs = RETRY_DELAY_MS.first; ; delayMs = Math.min(2 * delayMs, RETRY_DELAY_MS.max)) {
    const answer = await attempt();
    if (answer.outcome === 'ACKNOWLEDGED') return answer.payload;
    if (answer.outcome === 'REFUSED') throw new Refusal(name, answer.code);
    if (performance.now() > givesUpAt) throw new Refusal(name, 'no answer');
    await sleep(delayMs * (0.5 + Math.random()));
  }
}
