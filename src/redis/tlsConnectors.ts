import type { RedisOptions } from 'ioredis';
// The package's entry exports only one of the two. That this path exists is sure: package.json names the version.
import { SentinelConnector, StandaloneConnector } from 'ioredis/built/connectors/index.js';

type Connector = NonNullable<RedisOptions['Connector']>;

/**
 * ioredis' own connector, for connections over TLS.
 *
 * A handshake that fails may raise a second error on its socket (the peer's alert), and ioredis 6.0.0 hears only one:
 * the other would end the process. The first one says why, and ioredis reports it.
 */
export function tlsConnector(isBehindSentinels: boolean): Connector {
  return (isBehindSentinels ? MasterConnector : NodeConnector) as unknown as Connector;
}

class NodeConnector extends StandaloneConnector {
  override async connect(...args: Parameters<StandaloneConnector['connect']>) {
    return (await super.connect(...args)).on('error', secondError);
  }
}

class MasterConnector extends SentinelConnector {
  override async connect(...args: Parameters<SentinelConnector['connect']>) {
    return (await super.connect(...args)).on('error', secondError);
  }
}

const secondError = (): void => undefined;
