import type { CrewRequest } from './crewWorker.js';
import type { CrewThread, ThreadPlatform } from './threadPlatform.js';

/** A thread, and the requests that it has not answered yet. */
export interface ThreadLink {
  /** Why the thread can do nothing more; undefined while it can. */
  failure(): string | undefined;
  /** Resolves when the thread has done it, rejects where it could not or has ended. */
  request(what: CrewRequest): Promise<void>;
  /** Ends the thread, whatever it is doing. Requests that are open are rejected with the reason. */
  end(reason: string): Promise<void>;
}

/** Starts a thread. The process goes on for it only while it has something to answer. Throws what the host throws. */
export function startThreadLink(
  platform: ThreadPlatform,
  source: string,
  workerUrl: string | URL | undefined,
): ThreadLink {
  const open = new Map<number, (failure?: string) => void>();
  let count = 0;
  let failure: string | undefined;

  const fail = (reason: string): void => {
    failure ??= reason;
    for (const settle of [...open.values()]) settle(failure);
  };
  const thread: CrewThread = platform.startThread(source, workerUrl, {
    answer: ({ request, failure: reason }) => open.get(request)?.(reason),
    end: fail,
  });
  return {
    failure() {
      if (failure === undefined && thread.hasEnded()) failure = 'it has ended';
      return failure;
    },
    request(what) {
      if (failure !== undefined) return Promise.reject(new Error(failure));
      count += 1;
      const request = count;
      thread.post({ request, what });
      thread.keepAlive(true);
      return new Promise((resolve, reject) => {
        open.set(request, (reason) => {
          open.delete(request);
          if (open.size === 0) thread.keepAlive(false);
          if (reason === undefined) resolve();
          else reject(new Error(reason));
        });
      });
    },
    end(reason) {
      fail(reason);
      return thread.terminate();
    },
  };
}
