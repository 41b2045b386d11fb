import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';

export type { Logger } from 'pino';

/**
 * The process' log, one JSON line an event. Credentials never reach it: headers that carry them are cut out, texts
 * lose the passwords of connection strings and the tokens in keys, and of an error its command is left out.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    redact: { paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]), censor: REMOVED },
    serializers: { err: describeError, req: describeRequest },
    hooks: {
      logMethod([first, ...texts], method) {
        const { err } = (first ?? {}) as { err?: unknown };
        // Without a text of its own pino would take the error's for it, as it is.
        if (texts.length === 0 && err instanceof Error) texts.push(err.message);
        const clean = [first, ...texts].map((part) => (typeof part === 'string' ? withoutSecrets(part) : part));
        method.apply(this, clean as Parameters<typeof method>);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

const REMOVED = '[removed]';
const SECRETS = ['authorization', 'x-session-token', 'x-api-key', 'cookie', 'token', 'password'];

/** Connection strings lose user and password, keys of sessions lose the token. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(rediss?:\/\/)[^@\s/]*@/g, `$1${REMOVED}@`)
    .replace(/\b(session:)[A-Za-z0-9_-]+/g, `$1${REMOVED}`);
}

interface ErrorRecord {
  type: string;
  message: string;
  stack?: string;
  code?: unknown;
  cause?: ErrorRecord;
}

/** ioredis puts the command with its arguments (keys, and with them tokens) on its errors: they are not copied. */
function describeError(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutSecrets(String(error)) };
  const { code, cause } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    stack: withoutSecrets(error.stack ?? ''),
    ...(code !== undefined && { code }),
    ...(cause instanceof Error && { cause: describeError(cause) }),
  };
}

/** Method and path alone: a GET's query string may hold variables. */
function describeRequest({ method, url, ip }: { method?: string; url?: string; ip?: string }) {
  return { method, path: url?.split('?', 1)[0], ip };
}
