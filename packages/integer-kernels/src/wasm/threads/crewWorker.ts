import type { crewMember, CrewMember, CrewPhase } from './crewMember.js';

/** What a worker is asked to do; it answers every request. */
export type CrewRequest =
  | {
      readonly kind: 'start';
      readonly words: Int32Array;
      readonly position: number;
      readonly threads: number;
      readonly takesOver: boolean;
    }
  | {
      readonly kind: 'load';
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly phases: readonly CrewPhase[];
    }
  | { readonly kind: 'drop'; readonly ids: readonly number[] };

/** The answer to the request of the same number; `failure` where it could not be done. */
export interface CrewAnswer {
  readonly request: number;
  readonly failure?: string;
}

/** What a worker talks through: `parentPort` of Node, `self` of a Web Worker. */
export interface CrewPort {
  onmessage:
    ((event: { readonly data: { readonly request: number; readonly what: CrewRequest } }) => void) | null;
  postMessage(answer: CrewAnswer): void;
}

/**
 * What a worker runs: it answers requests, and follows the leader in between.
 *
 * The text of this function is the source of the workers: as that of {@link crewMember} it uses nothing from outside.
 */
export function crewWorker(port: CrewPort, makeMember: typeof crewMember): void {
  let member: CrewMember | undefined;
  let handledMessages = 0;
  port.onmessage = ({ data: { request, what } }) => {
    let failure: string | undefined;
    try {
      if (what.kind === 'start') {
        member = makeMember(what.words, what.position, what.threads, what.takesOver);
      } else if (member === undefined) throw new Error('it was not started');
      else {
        handledMessages += 1;
        if (what.kind === 'load') {
          const { exports } = new WebAssembly.Instance(what.module, { arena: { memory: what.memory } });
          member.add(exports, what.phases);
        } else for (const id of what.ids) member.work.delete(id);
      }
    } catch (error) {
      failure = String(error);
    }
    port.postMessage(failure === undefined ? { request } : { request, failure });
    if (member !== undefined) member.follow(handledMessages);
  };
}
