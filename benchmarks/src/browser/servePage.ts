import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A server of the benchmark's page on this machine alone. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Where engines load their own files from: paths in a page, and the packages that hold them. */
const engineFolders = {
  '/tfjs/': packageFolder('@tensorflow/tfjs-backend-wasm', '.'),
  '/onnxruntime/': packageFolder('onnxruntime-web', '.'),
  '/litert/': packageFolder('@litertjs/core', '../wasm'),
} as const;

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Bundles the page and serves it cross-origin isolated, so that it may have shared memory. */
export async function servePage(): Promise<PageServer> {
  const script = await bundlePage();
  const server = createServer((request, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        '<!doctype html><meta charset="utf-8"><title>bench</title><script src="/page.js"></script>',
      );
      return;
    }
    if (path === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(script);
      return;
    }
    const file = engineFile(path);
    response.setHeader('Content-Type', contentTypes[extname(path)] ?? 'application/octet-stream');
    if (file !== undefined) createReadStream(file).pipe(response);
    else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => closeServer(server) };
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@bnfree/source', 'browser'],
    external: ['node:*'],
    // tfjs looks for Node by this name; libraries ask where they were loaded from.
    define: { global: 'globalThis', 'import.meta.url': 'location.href' },
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

function engineFile(path: string): string | undefined {
  for (const [prefix, folder] of Object.entries(engineFolders)) {
    if (!path.startsWith(prefix)) continue;
    const file = normalize(join(folder, path.slice(prefix.length)));
    if (file.startsWith(folder) && existsSync(file)) return file;
  }
  return undefined;
}

/** A folder beside the main file of a package. */
function packageFolder(name: string, relative: string): string {
  const main = fileURLToPath(import.meta.resolve(name));
  return join(dirname(existsSync(main) ? main : createRequire(import.meta.url).resolve(name)), relative);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
