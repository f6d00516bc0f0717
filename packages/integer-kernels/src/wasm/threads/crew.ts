import { BnfreeError } from '../../errors.js';
import { backendDisposed } from './backendDisposed.js';
import { crewMember, type CrewMember, type CrewPart, type CrewPhase } from './crewMember.js';
import type { CrewRequest } from './crewWorker.js';
import type { ThreadCosts } from './threadCosts.js';
import { startThreadLink, type ThreadLink } from './threadLink.js';
import type { ThreadPlatform } from './threadPlatform.js';
import { workerSource } from './workerSource.js';

/** How threads are started. */
export interface CrewOptions {
  /** At least 2. */
  readonly threads: number;
  readonly platform: ThreadPlatform;
  /** Where the program of the workers is served, for pages whose policy forbids `blob:` URLs. */
  readonly workerUrl?: string | URL | undefined;
}

/** Ends the threads of crews that nobody can reach any more. */
const abandoned = new FinalizationRegistry<readonly ThreadLink[]>((links) => {
  for (const link of links) void link.end('nobody needs it');
});

/**
 * Threads that run kernels together. Call dispose() when they are no longer needed.
 *
 * Where the caller's thread may block it leads, and does its part of the work; else the first worker leads.
 */
export class Crew {
  /** Whether the caller's thread leads, so that calls run without waiting. */
  readonly isLed: boolean;
  readonly costs: ThreadCosts;
  readonly #patienceMs: number;
  /** The caller's own side: as a leader, or to call the workers to their messages. */
  readonly #member: CrewMember;
  readonly #links: readonly ThreadLink[];
  #isDisposed = false;

  private constructor(
    { mayBlock, costs, patienceMs }: ThreadPlatform,
    member: CrewMember,
    links: readonly ThreadLink[],
  ) {
    this.isLed = mayBlock;
    this.costs = costs;
    this.#patienceMs = patienceMs;
    this.#member = member;
    this.#links = links;
    abandoned.register(this, links, this);
  }

  /** Starts the threads and waits until all of them are there. Rejects with WORKER_UNAVAILABLE. */
  static async start({ threads, platform, workerUrl }: CrewOptions): Promise<Crew> {
    const words = new Int32Array(new SharedArrayBuffer(256));
    const first = platform.mayBlock ? 1 : 0;
    const links: ThreadLink[] = [];
    try {
      const source = workerSource();
      for (let position = first; position < threads; position += 1) {
        links.push(startThreadLink(platform, source, workerUrl));
      }
      await Promise.all(
        links.map((link, index) => link.request({ kind: 'start', words, position: first + index, threads })),
      );
    } catch (error) {
      await Promise.all(links.map((link) => link.end('another thread did not start')));
      throw unavailable(reasonOf(error));
    }
    return new Crew(platform, crewMember(words, 0, threads), links);
  }

  /** Gives every thread the phases of a module; `exports` is the caller's own instance. */
  async load(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    exports: WebAssembly.Exports,
    phases: readonly CrewPhase[],
  ): Promise<void> {
    await this.#requestAll({ kind: 'load', module, memory, phases });
    if (this.isLed) this.#member.add(exports, phases);
  }

  /** Forgets phases, and the memory that they work on. Where the threads have ended there is nothing to forget. */
  async drop(ids: readonly number[]): Promise<void> {
    if (this.#failure() !== undefined) return;
    for (const id of ids) this.#member.parts.delete(id);
    await this.#requestAll({ kind: 'drop', ids });
  }

  /** The caller's part of a loaded phase; where it leads. */
  partOf(id: number): CrewPart {
    return this.#member.parts.get(id) as CrewPart;
  }

  /** Runs parts in order, the shared ones on all threads. Only where the caller's thread leads. */
  runParts(parts: readonly CrewPart[]): void {
    this.#assertAlive();
    try {
      this.#member.lead(parts, this.#patienceMs, () => this.#failure() !== undefined);
    } catch (error) {
      throw this.#end(reasonOf(error));
    }
  }

  /** Has the first worker lead through loaded phases. */
  async runPhases(ids: readonly number[]): Promise<void> {
    this.#assertAlive();
    const stop = this.#watchProgress();
    try {
      await this.#links[0].request({ kind: 'lead', ids, patienceMs: this.#patienceMs });
    } catch (error) {
      throw this.#end(reasonOf(error));
    } finally {
      stop();
    }
  }

  /** Ends a crew whose leader makes no progress; returns how to stop watching. */
  #watchProgress(): () => void {
    let last = this.#member.progress();
    let idleTurns = 0;
    const timer = setInterval(() => {
      const progress = this.#member.progress();
      idleTurns = progress === last ? idleTurns + 1 : 0;
      last = progress;
      // Not at the first turn: it may come late, when the machine wakes up from sleep.
      if (idleTurns > 1) this.#end(`it does not answer for ${this.#patienceMs} ms`);
    }, this.#patienceMs / 2);
    return () => {
      clearInterval(timer);
    };
  }

  /** Ends all threads, whatever they are doing; runs under way are rejected with BACKEND_DISPOSED. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    abandoned.unregister(this);
    await Promise.all(this.#links.map((link) => link.end('dispose() was called')));
  }

  async #requestAll(what: CrewRequest): Promise<void> {
    this.#assertAlive();
    const answers = this.#links.map((link) => link.request(what));
    this.#member.callToMessages();
    try {
      await Promise.all(answers);
    } catch (error) {
      throw this.#end(reasonOf(error));
    }
  }

  #failure(): string | undefined {
    return this.#links.map((link) => link.failure()).find((failure) => failure !== undefined);
  }

  #assertAlive(): void {
    const failure = this.#failure();
    if (failure !== undefined) throw this.#end(failure);
  }

  /** After a failure no thread is of use: the memory may hold anything. */
  #end(reason: string): BnfreeError {
    for (const link of this.#links) void link.end(reason);
    return this.#isDisposed ? backendDisposed() : crashed(reason);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unavailable(reason: string): BnfreeError {
  return new BnfreeError([
    {
      code: 'WORKER_UNAVAILABLE',
      path: 'wasmBackend()',
      message: `got "${reason}", expected a worker to start`,
      fix: "allow it (worker-src blob: in the page's Content-Security-Policy), give workerUrl, or write threads: 1",
    },
  ]);
}

function crashed(reason: string): BnfreeError {
  return new BnfreeError([
    {
      code: 'WORKER_CRASHED',
      path: 'wasmBackend()',
      message: `got "${reason}" of a thread, expected it to do its part`,
      fix: 'dispose of the backend and make another one; wasmBackend({ threads: 1 }) needs no worker',
    },
  ]);
}
