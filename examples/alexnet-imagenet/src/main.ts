import { endCommand, failCommand } from '@bnfree/example-train-teacher';
import { program } from './program.js';

const controller = new AbortController();
const interrupt = (): void => {
  controller.abort(new Error('stopped; the same command goes on from here'));
};
process.once('SIGINT', interrupt).once('SIGTERM', interrupt);

try {
  const { signal } = controller;
  await program({ signal, progress: process.stderr, result: process.stdout }).parseAsync();
} catch (error) {
  failCommand(error);
}
endCommand();
