import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PageCheck } from './pageCheck.js';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** How a page is served: what it may do depends on its headers. */
export const pageKinds = {
  plain: {},
  isolated: isolation,
  strict: {
    ...isolation,
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  },
  noWasm: { 'Content-Security-Policy': "default-src 'self'" },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type PageKind = keyof typeof pageKinds;

/** What a page says of one of its checks. */
export interface PageAnswer {
  readonly index: number;
  readonly failure?: string;
}

/** A server on this machine alone. */
export interface PageServer {
  readonly origin: string;
  /** Path of a page that will make these checks and report each of them. */
  openPage(kind: PageKind, checks: readonly PageCheck[], report: (answer: PageAnswer) => void): string;
  close(): Promise<void>;
}

interface Order {
  readonly kind: PageKind;
  readonly checks: readonly PageCheck[];
  readonly report: (answer: PageAnswer) => void;
}

/** Serves pages, the models of a folder, and the program of workers. */
export async function servePages(modelFolder: string): Promise<PageServer> {
  const scripts = {
    '/page.js': await bundle('page.ts', 'esm'),
    '/worker.js': await bundle('../../../packages/integer-kernels/src/worker.ts', 'iife'),
  };
  const orders = new Map<string, Order>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const order = orders.get(searchParams.get('order') ?? '');
    // Workers have to be isolated themselves where their page is.
    const headers = pathname === '/' && order !== undefined ? pageKinds[order.kind] : isolation;
    const send = (type: string, body: string | Uint8Array): void => {
      response.writeHead(200, { 'Content-Type': type, ...headers });
      response.end(body);
    };
    if (pathname === '/' && order !== undefined) {
      send(
        'text/html',
        `<!doctype html><meta charset="utf-8"><title>${search}</title><script type="module" src="/page.js"></script>`,
      );
    } else if (pathname === '/orders' && order !== undefined) {
      send('application/json', JSON.stringify(order.checks));
    } else if (pathname === '/results' && order !== undefined) {
      order.report(JSON.parse(await bodyOf(request)) as PageAnswer);
      send('text/plain', '');
    } else if (pathname === '/page.js' || pathname === '/worker.js') {
      send('text/javascript', scripts[pathname]);
    } else if (pathname.startsWith('/models/')) {
      send('application/octet-stream', await readFile(join(modelFolder, basename(pathname))));
    } else {
      response.writeHead(404).end();
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    openPage(kind, checks, report) {
      const key = String(orders.size + 1);
      orders.set(key, { kind, checks, report });
      return `/?order=${key}`;
    },
    close: () => closeServer(server),
  };
}

async function bundle(file: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    write: false,
    format,
    platform: 'browser',
    target: 'es2022',
    conditions: ['@bnfree/source', 'browser'],
    external: ['node:*'],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => {
    server.close((error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}
