import { BnfreeError } from '@bnfree/core';
import { setBackend } from '@tensorflow/tfjs-core';

/** What the npm package `webgpu` (Dawn) exports. */
interface Dawn {
  readonly create: (flags: readonly string[]) => { requestAdapter(): Promise<unknown> };
  readonly globals: Readonly<Record<string, unknown>>;
}

/** No dependency of the workspace: 50 MB that only a machine with a GPU has a use for. */
const packageName: string = 'webgpu';

/**
 * Starts tfjs on WebGPU in Node, through Dawn.
 *
 * @throws BnfreeError WEBGPU_UNAVAILABLE where the package `webgpu` or a GPU's driver is missing
 */
export async function startWebgpu(): Promise<void> {
  const { create, globals } = await importDawn();
  const gpu = create([]);
  if ((await gpu.requestAdapter()) === null) {
    throw unavailable(
      'got no adapter, expected a GPU with a Vulkan, Metal or Direct3D 12 driver',
      'install a driver, or a software one as docs/gpus.md shows; --backend wasm needs none',
    );
  }
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  // Only now: the backend looks for navigator.gpu when it is imported.
  await import('@tensorflow/tfjs-backend-webgpu');
  await setBackend('webgpu');
}

async function importDawn(): Promise<Dawn> {
  try {
    return (await import(packageName)) as Dawn;
  } catch (error) {
    const [firstLine] = (error as Error).message.split('\n');
    throw unavailable(
      `got "${firstLine}", expected the npm package webgpu, Dawn for Node`,
      'pnpm add -Dw webgpu',
    );
  }
}

function unavailable(message: string, fix: string): BnfreeError {
  return new BnfreeError([{ code: 'WEBGPU_UNAVAILABLE', path: '--backend webgpu', message, fix }]);
}
