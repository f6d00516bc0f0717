import { crewMember } from './wasm/threads/crewMember.js';
import { crewWorker, type CrewPort } from './wasm/threads/crewWorker.js';

// The program of a worker as a file of its own, for pages that must serve it: see `workerUrl` of wasmBackend().
crewWorker(globalThis as unknown as CrewPort, crewMember);
