import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { AbstractConnector, SentinelConnector, type RedisOptions } from 'ioredis';

type Connector = NonNullable<RedisOptions['Connector']>;

/**
 * What makes ioredis' connections over TLS, instead of its own connectors.
 *
 * A handshake that fails may raise a second error on its socket (the peer's alert), and ioredis 6.0.0 hears only one:
 * the other would end the process. The first one says why, and ioredis reports it.
 */
export function tlsConnector(isBehindSentinels: boolean): Connector {
  return (isBehindSentinels ? MasterConnector : NodeConnector) as unknown as Connector;
}

interface NodeOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions;
  readonly disconnectTimeout: number;
}

class NodeConnector extends AbstractConnector {
  constructor(private readonly options: NodeOptions) {
    super(options.disconnectTimeout);
  }

  /** Connects in the next tick, as ioredis' own connector does: until then it may be called off. */
  override connect(): Promise<TLSSocket> {
    this.connecting = true;
    return new Promise((resolve, reject) => {
      process.nextTick(() => {
        if (!this.connecting) return reject(new Error('Connection is closed.'));
        const { host, port, tls } = this.options;
        const stream = connect({ host, port, ...tls });
        stream.on('error', (error) => (this.firstError ??= error));
        this.stream = stream;
        resolve(stream);
      });
    });
  }
}

class MasterConnector extends SentinelConnector {
  override async connect(...args: Parameters<SentinelConnector['connect']>) {
    const stream = await super.connect(...args);
    stream.on('error', (error) => (this.firstError ??= error));
    return stream;
  }
}
