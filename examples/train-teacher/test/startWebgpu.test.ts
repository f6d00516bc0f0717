import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(__dirname, '../../..');
const driverFolder = '/usr/lib/chromium';
const driver = join(driverFolder, 'vk_swiftshader_icd.json');

const hasDawn = ((): boolean => {
  try {
    createRequire(join(root, 'examples/train-teacher/src/index.ts')).resolve('webgpu');
    return true;
  } catch {
    return false;
  }
})();

/** Runs the small net in a process of its own, as the commands do. */
function run(env: NodeJS.ProcessEnv) {
  const file = 'examples/train-teacher/test/webgpuRun.ts';
  const args = [join(root, 'node_modules/tsx/dist/cli.mjs'), '--conditions=@bnfree/source', file];
  return spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 100_000,
    env: { ...process.env, ...env },
  });
}

describe('startBackend("webgpu") in Node', () => {
  (hasDawn ? test.skip : test)('says what to install where Dawn is missing', () => {
    const { status, stderr } = run({});
    expect(status).toBe(1);
    expect(stderr).toContain('WEBGPU_UNAVAILABLE at --backend webgpu');
    expect(stderr).toContain('fix: pnpm add -Dw webgpu');
  });

  (hasDawn ? test : test.skip)('says so where there is no adapter', () => {
    const { status, stderr } = run({ VK_DRIVER_FILES: '/nonexistent.json' });
    expect(status).toBe(1);
    expect(stderr).toContain('got no adapter');
  });

  (hasDawn && existsSync(driver) ? test : test.skip)(
    'trains a net with batch normalization, and ends',
    () => {
      const { status, stdout } = run({ LD_LIBRARY_PATH: driverFolder, VK_DRIVER_FILES: driver });
      expect(status).toBe(0);
      const { backend, losses } = JSON.parse(stdout) as { backend: string; losses: number[] };
      expect(backend).toBe('webgpu');
      expect(losses).toHaveLength(5);
      expect(losses[0]).toBeCloseTo(Math.LN2, 3);
      expect(losses[4]).toBeLessThan(losses[0]);
    },
  );
});
