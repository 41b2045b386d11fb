import { connect } from 'node:net';

const PROBE_TIMEOUT_MS = 1_000;

/** Where to ask, and with which password. */
export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly password?: string | undefined;
}

/**
 * The process id of the Redis that answers there, or null where none does, or where it is still loading its data.
 *
 * A bare socket, not the client library: for a server that is just starting, being refused is the normal answer,
 * and nothing here is to be retried, queued or logged.
 */
export function processBehind({ host, port, password }: ProbeTarget): Promise<number | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host, port });
    socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy());
    socket.on('connect', () => {
      if (password !== undefined) socket.write(command('AUTH', password));
      socket.write(command('PING') + command('INFO', 'server') + command('QUIT'));
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    // Refused or cut means that nobody answers yet; 'close' follows and says so.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const pid = /\nprocess_id:(\d+)\r/.exec(answer)?.[1];
      resolve(pid !== undefined && answer.includes('+PONG\r\n') ? Number(pid) : null);
    });
  });
}

function command(...args: string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}
