import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImageDataset } from '@bnfree/models-alexnet';
import { build } from 'esbuild';
import { imageHeaders, packImages } from './siteData.js';

/** What the site shows. */
export interface Site {
  /** Folder of the teacher's model.json and weights.bin. */
  readonly teacherFolder: string;
  readonly images: (split: 'train' | 'test', count: number) => Promise<ImageDataset>;
}

export interface SiteServer {
  readonly origin: string;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Serves page, teacher, images and tfjs's WebAssembly to this machine alone; port 0 takes any that is free. */
export async function serveSite({ teacherFolder, images }: Site, port = 0): Promise<SiteServer> {
  const page = await readFile(here('index.html'));
  const script = await bundlePage();
  const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));

  const answer = async (url: URL, response: ServerResponse): Promise<void> => {
    const send = (type: string, body: Uint8Array | string, headers = {}): void => {
      response.writeHead(200, { 'Content-Type': type, ...headers }).end(body);
    };
    const [, folder, name = ''] = url.pathname.split('/');
    if (url.pathname === '/') send('text/html', page);
    else if (url.pathname === '/page.js') send('text/javascript', script);
    else if (folder === 'teacher') send(typeOf(name), await readFile(join(teacherFolder, basename(name))));
    else if (folder === 'tfjs-wasm')
      send('application/wasm', await readFile(join(wasmFolder, basename(name))));
    else if (folder === 'images' && (name === 'train' || name === 'test')) {
      const data = await images(name, Number(url.searchParams.get('count')));
      const headers = { [imageHeaders.count]: data.count, [imageHeaders.shape]: data.shape.join(',') };
      send('application/octet-stream', packImages(data), headers);
    } else response.writeHead(404).end();
  };

  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://localhost'), response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closeServer(server),
  };
}

function typeOf(name: string): string {
  return name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here('page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@bnfree/source', 'browser'],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
}
