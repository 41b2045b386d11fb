import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

/** Ends a process and removes a directory when this process is gone, however it went. */
export interface Watchdog {
  /** Names the process to end; null once it has ended by itself, since its id may then come to be another's. */
  watch(pid: number | null): void;
  /** Does now what is otherwise done when this process is gone, and waits until it is done. */
  finish(): Promise<void>;
}

// The pipe on its standard input is all it knows of us: the kernel closes it with our process, SIGKILL included.
const SCRIPT = `
  while read -r line; do pid=$line; done
  [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
  [ -z "$1" ] || rm -rf "$1"
`;

/** Starts a watchdog; `directory` is removed at the end, null removes nothing. */
export function startWatchdog(directory: string | null): Watchdog {
  // Detached, so that a Ctrl-C in the terminal, which goes to the whole process group, does not end it before us.
  const shell = spawn('sh', ['-c', SCRIPT, 'redis-watchdog', directory ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(shell, 'exit');
  // If the shell was ended by someone, what we write to it is lost; that is then all there is to say about it.
  shell.stdin.on('error', () => undefined);
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();

  return {
    watch(pid) {
      shell.stdin.write(`${pid ?? ''}\n`);
    },
    async finish() {
      shell.ref();
      shell.stdin.end();
      await exited;
    },
  };
}
