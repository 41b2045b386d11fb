import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { graphql } from '../support/httpClient.js';

let server: Server;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('the GraphQL client of the tests', () => {
  it('posts the operation as JSON and tells status, headers and body', async () => {
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const operation: unknown = JSON.parse(Buffer.concat(chunks).toString());
        response.writeHead(401, { 'content-type': 'application/json', vary: 'Origin' });
        response.end(JSON.stringify({ data: { operation, token: request.headers.authorization } }));
      });
    });
    const operation = { query: 'query Ü($a: Int) { a }', variables: { a: 1 }, operationName: 'Ü' };
    const answer = await graphql(url, { ...operation, headers: { authorization: 'Bearer t' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.vary).toBe('Origin');
    expect(answer.body).toEqual({ data: { operation, token: 'Bearer t' } });
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.end('{}'));
    });
    for (let request = 0; request < 3; request++) await graphql(url, { query: '{ a }' });
    expect(ports.size).toBe(1);
  });

  it('shows what came instead of JSON', async () => {
    const url = await serve((_request, response) => response.writeHead(502).end('<html>Bad Gateway'));
    await expect(graphql(url, { query: '{ a }' })).rejects.toThrow('status 502 with a body that is not JSON: <html>');
  });

  it('reports a connection that broke before the answer', async () => {
    const url = await serve((request) => request.socket.destroy());
    await expect(graphql(url, { query: '{ a }' })).rejects.toThrow('socket hang up');
  });
});
