/** Holds the backend to the conformance suite: `npx tsx --conditions=@bnfree/source examples/third-party-backend/src/main.ts`. */
import { checkBackend } from '@bnfree/integer-kernels/conformance';
import { haloBackend } from './haloBackend.js';

const backend = haloBackend();
const issues = await checkBackend(backend);
for (const { code, path, message, fix } of issues) {
  process.stdout.write(`${code} at ${path}\n  ${message}\n  fix: ${fix}\n`);
}
process.stdout.write(`${backend.name}: ${backend.ops.size} ops, ${issues.length} issues\n`);
await backend.dispose();
process.exitCode = issues.length > 0 ? 1 : 0;
