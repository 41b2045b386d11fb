import { Command as RedisCommand, type Redis } from 'ioredis';
import type { Command, Reply } from './commandRunner.js';

const OPTIONS = { replyEncoding: 'utf8' } as const;

/**
 * Sends the commands to one node as one write; resolves with their replies in order, an error being the reply of the
 * command that it befell. It settles when all are answered, so never where a lost connection took some along.
 *
 * It is what ioredis' own pipeline does, but for the promises: that one makes three and as many closures a command,
 * which is most of its price. Here a command hands its reply over where it would have settled its promise. That leans
 * on how ioredis 6.0.0 works inside, which is why package.json names that version and no range. The connection must
 * have no `commandTimeout`, whose timers nobody would clear, and ioredis' tracing channels do not see these reads end.
 */
export function sendPipeline(redis: Redis, commands: readonly Command[]): Promise<Reply[]> {
  return new Promise((resolve) => {
    const replies = new Array<Reply>(commands.length);
    let unanswered = commands.length;
    if (commands.length === 0) return resolve(replies);
    const answer = (index: number, reply: Reply): void => {
      replies[index] = reply;
      if (--unanswered === 0) resolve(replies);
    };
    const stream = oneWriteOf(redis, commands.length);
    commands.forEach(([name, ...args], index) => {
      const command = new RedisCommand(name, args, OPTIONS);
      command.resolve = (reply: Buffer) => answer(index, textOf(command, reply));
      command.reject = (error) => answer(index, error);
      redis.sendCommand(command, stream);
    });
  });
}

/** Gathers what the commands write, also where ioredis keeps them back and hands them over once it is connected. */
function oneWriteOf(redis: Redis, commands: number) {
  let unwritten = commands;
  let text = '';
  return {
    isPipeline: true,
    destination: { redis },
    // Keys and arguments are text, so every command is.
    write(command: string | Buffer): void {
      text += String(command);
      if (--unwritten === 0) redis.stream.write(text);
    },
  } as const;
}

function textOf(command: RedisCommand, reply: Buffer): Reply {
  try {
    return command.transformReply(reply);
  } catch (error) {
    return error;
  }
}
