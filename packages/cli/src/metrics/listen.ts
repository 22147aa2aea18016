import type { Server } from 'node:http';
import type { Answer, Request } from './answer.ts';
import { openWithMode, removeStale, type Umask } from '../system/unix-socket.ts';
import type { MetricsWhere } from './where.ts';

/** Somebody who watches needs one; more are turned away at once. */
const CONNECTIONS_MAX = 8;
/** Of the first line and the headers. */
const HEADER_BYTES_MAX = 4_096;
/** How long a connection may live, whatever it does. */
const CONNECTION_MS = 5_000;

/** What is listened on. */
export interface Listening {
  /** With the port that was chosen where 0 was asked for. */
  readonly where: MetricsWhere;
  /** At once, those who are connected too; a socket in the file system is removed. */
  close(): void;
}

/** Listens, and hands on each request. Rejects with a `NodeJS.ErrnoException`. */
export type Listen = (where: MetricsWhere, answer: (request: Request) => Promise<Answer>) => Promise<Listening>;

export function listener(umask: Umask): Listen {
  return async (where, answer) => {
    const server = await boundedServer(answer);
    if (where.kind === 'unix') {
      await removeStale(where.path);
      await opened(server, () => openWithMode(0o600, umask, () => server.listen({ path: where.path })));
    } else await opened(server, () => server.listen({ host: where.address, port: where.port }));
    return {
      where: withPort(where, server),
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  };
}

/** One request a connection: who sends more at once gets no more. */
async function boundedServer(answer: (request: Request) => Promise<Answer>): Promise<Server> {
  const { createServer } = await import('node:http');
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, (request, response) => {
    response.shouldKeepAlive = false;
    void answer(request).then(({ status, headers, body }) => {
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = 1;
  server.on('connection', (socket) => {
    const deadline = setTimeout(() => socket.destroy(), CONNECTION_MS);
    socket.on('close', () => {
      clearTimeout(deadline);
    });
  });
  return server;
}

function opened(server: Server, open: () => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      // As when there are no descriptors left: the next connection may go well.
      server.on('error', () => undefined);
      resolve();
    });
    open();
  });
}

function withPort(where: MetricsWhere, server: Server): MetricsWhere {
  const address = server.address();
  if (where.kind === 'unix' || address === null || typeof address === 'string') return where;
  return { ...where, port: address.port };
}
