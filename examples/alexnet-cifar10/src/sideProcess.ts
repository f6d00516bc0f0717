import { formatIssues, BnfreeError } from '@bnfree/core';
import { sideTasks, type SideTaskName } from './sideTasks.js';

// The program of a side process: one task comes in as a message, its result goes out as one.
process.once('message', ({ name, input }: { name: SideTaskName; input: never }) => {
  sideTasks[name](input)
    .then((result) => process.send?.({ result }))
    .catch((error: unknown) => {
      const text = error instanceof BnfreeError ? formatIssues(error.issues) : String(error);
      process.send?.({ error: text });
    })
    .finally(() => {
      process.disconnect();
    });
});
// The main program may be killed: nobody waits for the result then. `disconnect()` above ends this process as well.
process.once('disconnect', () => process.exit());
// The main program hears Ctrl-C and ends this one.
process.on('SIGINT', () => undefined);
