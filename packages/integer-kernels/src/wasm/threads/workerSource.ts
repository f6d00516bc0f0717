import { crewMember } from './crewMember.js';
import { crewWorker } from './crewWorker.js';

/** The program of a worker, for Node and for pages. */
export function workerSource(): string {
  return `'use strict';
const port = typeof require === 'function' ? require('node:worker_threads').parentPort : self;
(${crewWorker.toString()})(port, ${crewMember.toString()});
`;
}
