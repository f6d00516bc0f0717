interface AsyncWait {
  readonly async: boolean;
  readonly value: unknown;
}

// Younger than the library of types that this is compiled with, and than some engines.
type WaitAsync = (word: Int32Array, index: number, value: number, timeoutMs: number) => AsyncWait;

/** Resolves when a thread has notified of another value of the first word, or when the time is over. */
export function changeOf(word: Int32Array, value: number, timeoutMs: number): Promise<void> {
  const { waitAsync } = Atomics as { readonly waitAsync?: WaitAsync };
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitAsync === undefined ? 1 : timeoutMs);
    if (waitAsync === undefined) return;
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    void Promise.resolve(waitAsync(word, 0, value, timeoutMs).value).then(end);
  });
}

/** Resolves when the events have had their turn that wait already. */
export function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    // Timers would do, but browsers let those that follow one another wait for 4 ms.
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
