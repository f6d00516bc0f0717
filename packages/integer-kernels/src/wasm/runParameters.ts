/** What every exported `run` takes after the addresses of its inputs. */
export const runParameters = {
  /** Addresses. */
  output: 'i32',
  constants: 'i32',
  scratch: 'i32',
  /** The rows `begin .. end - 1` are computed. */
  begin: 'i32',
  end: 'i32',
} as const;
