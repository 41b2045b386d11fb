import { createLogger } from '../../src/observability/logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('trace', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

const SECRET = 'tok-emilys-0123456789abcdef';

describe('the log', () => {
  it.each([
    [
      'a header',
      (log: ReturnType<typeof createLogger>) => log.info({ headers: { authorization: `Bearer ${SECRET}` } }),
    ],
    [
      'a header of a request',
      (log) => log.info({ req: { method: 'POST', url: '/', headers: { 'x-api-key': SECRET } } }),
    ],
    ['a token', (log) => log.info({ session: { token: SECRET } })],
    ['a query string', (log) => log.info({ req: { method: 'GET', url: `/graphql?variables=${SECRET}` } })],
    ['a key in a message', (log) => log.warn(`could not read session:${SECRET}`)],
    ['a connection string in a message', (log) => log.warn(`connecting to redis://user:${SECRET}@host:6379/0`)],
    ['the command of an error', (log) => log.error({ err: withCommand() })],
    ['the message of an error', (log) => log.error({ err: new Error(`connect rediss://:${SECRET}@host`) })],
    ['the cause of an error', (log) => log.error({ err: new Error('no', { cause: new Error(`session:${SECRET}`) }) })],
    ['an error that is none', (log) => log.error({ err: `redis://u:${SECRET}@host` })],
  ] as [string, (logger: ReturnType<typeof createLogger>) => void][])(
    'leaves the secret out of %s',
    (_where, write) => {
      const text = logged(write);

      expect(text).toMatch(/^\{.*\}\n$/);
      expect(text).not.toContain(SECRET);
    },
  );

  it('keeps what an operator needs of an error', () => {
    const text = logged((log) =>
      log.error({ err: Object.assign(new Error('no way'), { code: 'ECONNREFUSED' }) }, 'oh'),
    );

    expect(JSON.parse(text)).toMatchObject({
      msg: 'oh',
      err: { type: 'Error', message: 'no way', code: 'ECONNREFUSED' },
    });
  });
});

/** As ioredis makes them. */
function withCommand(): Error {
  return Object.assign(new Error('WRONGTYPE'), { command: { name: 'hmget', args: [`session:${SECRET}`, 'user_id'] } });
}
