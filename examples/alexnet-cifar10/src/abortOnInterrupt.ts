/** A signal that Ctrl-C (or a polite kill) aborts; a second one ends the process at once. */
export interface InterruptSignal {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  release(): void;
}

/** What a shell expects of a program that was interrupted. */
export const interruptedExitCode = 130;

/** Listens for SIGINT and SIGTERM; `onFirst` runs at the first. */
export function abortOnInterrupt(onFirst: () => void): InterruptSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    // The checkpoint is whole at any moment, so that stopping at once loses only the steps since.
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    onFirst();
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    },
  };
}
