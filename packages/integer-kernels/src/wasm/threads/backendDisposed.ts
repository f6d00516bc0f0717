import { BnfreeError } from '../../errors.js';

/** What everything fails with that is asked of a backend after its end. */
export function backendDisposed(): BnfreeError {
  return new BnfreeError([
    {
      code: 'BACKEND_DISPOSED',
      path: 'wasmBackend()',
      message: 'got work after dispose() of the backend, expected it to be alive',
      fix: 'call dispose() when the last run has ended, or make another backend',
    },
  ]);
}
