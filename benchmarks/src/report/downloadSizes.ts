import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes of what a page must load, as they are and compressed by gzip. */
export interface DownloadSize {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** Our parts, bundled and minified by esbuild, and the WebAssembly files of peers (their scripts come on top). */
export async function downloadSizes(): Promise<DownloadSize[]> {
  const kernels = '@bnfree/integer-kernels';
  const peerFile = (name: string, relative: string): Uint8Array => {
    const main = createRequire(import.meta.url).resolve(name);
    return readFileSync(join(dirname(main), relative));
  };
  const liteRt = dirname(fileURLToPath(import.meta.resolve('@litertjs/core')));
  return [
    sizeOf(ourKernels, await bundle(`export { wasmBackend } from '${kernels}';`)),
    sizeOf(
      'ours: fastTypescriptBackend',
      await bundle(`export { fastTypescriptBackend } from '${kernels}';`),
    ),
    sizeOf(
      'ours: IntegerModel with wasmBackend',
      await bundle(`export { IntegerModel } from '@bnfree/core';`),
    ),
    sizeOf('tfjs-wasm, SIMD', peerFile('@tensorflow/tfjs-backend-wasm', 'tfjs-backend-wasm-simd.wasm')),
    sizeOf('onnxruntime-web', peerFile('onnxruntime-web', 'ort-wasm-simd-threaded.wasm')),
    sizeOf('LiteRT.js', readFileSync(join(liteRt, '../wasm/litert_wasm_internal.wasm'))),
  ];
}

/** Name of the kernels and their emitter in the list. */
export const ourKernels = 'ours: wasmBackend (kernels and emitter)';

function sizeOf(name: string, content: Uint8Array): DownloadSize {
  return { name, bytes: content.byteLength, gzipBytes: gzipSync(content, { level: 9 }).byteLength };
}

async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@bnfree/source'],
    external: ['node:*'],
    logLevel: 'error',
  });
  return outputFiles[0].contents;
}
