/** One phase of a prepared op, in a form that can be sent to a worker. */
export interface CrewPhase {
  readonly id: number;
  /** Name of the exported function. */
  readonly exportName: string;
  /** Whether all threads are called for it; else it is the leader's alone. */
  readonly isShared: boolean;
  /** What each thread passes to it, the leader first. Threads that have nothing to do are missing. */
  readonly parameters: readonly (readonly number[])[];
}

/** A phase as one thread sees it. */
export interface CrewPart {
  readonly id: number;
  /** Whether all threads take part. */
  readonly isShared: boolean;
  readonly run: () => void;
}

/** One thread's side of the crew. */
export interface CrewMember {
  readonly parts: Map<number, CrewPart>;
  /** Announces of shared phases that this member has seen. */
  seen: number;
  /** What `ARRIVED` is when all followers are done with what was announced. */
  target: number;
  add(exports: WebAssembly.Exports, phases: readonly CrewPhase[]): void;
  /** A follower does its part of what the leader announces, until there are more messages than it has handled. */
  follow(handledMessages: number): void;
  /** Runs phases in order, the shared ones together with the followers. Throws where one of them failed or does not answer. */
  lead(parts: readonly CrewPart[], patienceMs: number, isBroken?: () => boolean): void;
  /** A number that changes with every part that the leader begins. */
  progress(): number;
  /** Calls followers to the messages that were posted to them. */
  callToMessages(): void;
  /** Waits for the followers. */
  join(patienceMs: number, isBroken?: () => boolean): void;
}

/**
 * Makes the thread at a position of a crew; position 0 leads.
 *
 * The text of this function is the source of the workers: it must not use anything from outside of it, and it names no inner
 * function, because some compilers wrap those in calls of a function of their own.
 *
 * All threads share a block of 32-bit words, of which those that change together stand in one cache line: `SIGNAL` changes
 * whenever there is something to look at, and is what followers sleep on; `ANNOUNCED` counts shared phases, of which `PHASE` is
 * the last; `MESSAGES` counts what was posted to followers; `SLEEPERS` are followers to be woken. `ARRIVED` counts parts that
 * followers have done. `LEADER_SLEEPS` asks for a notification; `FAILED` is the position of a follower that threw, or 0.
 * `PROGRESS` changes with every part that the leader begins.
 */
export function crewMember(words: Int32Array, position: number, threads: number): CrewMember {
  const SIGNAL = 0;
  const ANNOUNCED = 1;
  const PHASE = 2;
  const MESSAGES = 3;
  const SLEEPERS = 4;
  const ARRIVED = 16;
  const LEADER_SLEEPS = 32;
  const FAILED = 33;
  const PROGRESS = 34;
  // A sleeper takes about 20 microseconds to wake up: a layer's worth of work. Longer waits leave the core to others.
  const spinMs = 0.1;
  const sliceMs = 5;
  const member: CrewMember = {
    parts: new Map(),
    seen: 0,
    target: 0,

    add(exports, phases) {
      for (const { id, exportName, isShared, parameters } of phases) {
        const phase = exports[exportName] as (...values: readonly number[]) => void;
        // Bound functions call without allocating an array of parameters.
        const run =
          position < parameters.length ? phase.bind(undefined, ...parameters[position]) : () => undefined;
        member.parts.set(id, { id, isShared, run });
      }
    },

    follow(handledMessages) {
      while (position > 0) {
        const signal = Atomics.load(words, SIGNAL);
        if (Atomics.load(words, MESSAGES) !== handledMessages) return;
        if (Atomics.load(words, ANNOUNCED) !== member.seen) {
          member.seen = (member.seen + 1) | 0;
          try {
            (member.parts.get(Atomics.load(words, PHASE)) as CrewPart).run();
          } catch {
            Atomics.store(words, FAILED, position);
          }
          Atomics.add(words, ARRIVED, 1);
          if (Atomics.load(words, LEADER_SLEEPS) !== 0) Atomics.notify(words, ARRIVED);
          continue;
        }
        const end = performance.now() + spinMs;
        let turns = 0;
        while (Atomics.load(words, SIGNAL) === signal) {
          turns += 1;
          if ((turns & 63) !== 0 || performance.now() < end) continue;
          Atomics.add(words, SLEEPERS, 1);
          Atomics.wait(words, SIGNAL, signal);
          Atomics.sub(words, SLEEPERS, 1);
        }
      }
    },

    lead(parts, patienceMs, isBroken) {
      for (const part of parts) {
        Atomics.add(words, PROGRESS, 1);
        if (!part.isShared) {
          part.run();
          continue;
        }
        Atomics.store(words, PHASE, part.id);
        Atomics.add(words, ANNOUNCED, 1);
        Atomics.add(words, SIGNAL, 1);
        if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, SIGNAL);
        member.target = (member.target + threads - 1) | 0;
        const start = performance.now();
        part.run();
        // Parts take about as long as one another: what takes much longer than the leader's has stopped.
        const durationMs = performance.now() - start;
        member.join(patienceMs + 20 * durationMs, isBroken);
      }
    },

    progress() {
      return Atomics.load(words, PROGRESS);
    },

    callToMessages() {
      Atomics.add(words, MESSAGES, 1);
      Atomics.add(words, SIGNAL, 1);
      Atomics.notify(words, SIGNAL);
    },

    join(patienceMs, isBroken) {
      let end = 0;
      let turns = 0;
      for (;;) {
        const arrived = Atomics.load(words, ARRIVED);
        if (arrived === member.target) break;
        turns += 1;
        if ((turns & 63) !== 0) continue;
        const now = performance.now();
        if (end === 0) end = now + patienceMs;
        if (now < end - patienceMs + spinMs) continue;
        if (isBroken?.() === true) throw new Error('it has ended');
        if (now > end) throw new Error(`it does not answer for ${Math.round(patienceMs)} ms`);
        Atomics.store(words, LEADER_SLEEPS, 1);
        Atomics.wait(words, ARRIVED, arrived, sliceMs);
        Atomics.store(words, LEADER_SLEEPS, 0);
      }
      if (Atomics.load(words, FAILED) !== 0) throw new Error(`thread ${Atomics.load(words, FAILED)} threw`);
    },
  };
  return member;
}
