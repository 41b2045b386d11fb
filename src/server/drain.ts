import { once } from 'node:events';
import { Server as NetServer, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A connection that brings no request for so long, once the server is stopping, brings none any more. */
const IDLE_MS = 250;

/**
 * Makes a server end without losing a request. New connections are refused at once; on those that stand, what comes
 * is answered, and each answer says that the connection closes. Node's own `close` cuts connections that are idle at
 * that moment, although the next request may be on the way.
 */
export class Drain {
  #isStopping = false;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly app: FastifyInstance) {
    app.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    app.addHook('onSend', (_request, reply, payload, done) => {
      if (this.#isStopping) reply.header('connection', 'close');
      done(null, payload);
    });
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Settles when every connection is closed, at the latest after `graceMs`, when what still stands is cut. */
  async run(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const { server } = this.app;
    if (server.listening) {
      const closed = once(server, 'close');
      NetServer.prototype.close.call(server);
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      const sweep = setInterval(() => this.#closeIdle(), IDLE_MS);
      await closed;
      clearTimeout(cut);
      clearInterval(sweep);
    }
    await this.app.close();
  }

  /** Node takes a connection that has brought nothing yet, such as browsers open ahead, for one with a request. */
  #closeIdle(): void {
    this.app.server.closeIdleConnections();
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}
