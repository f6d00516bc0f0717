/** What every exported function takes after the addresses of its inputs. */
export const runParameters = {
  /** Addresses. */
  output: 'i32',
  constants: 'i32',
  scratch: 'i32',
  threadScratch: 'i32',
  /** The units `begin .. end - 1` are done. */
  begin: 'i32',
  end: 'i32',
} as const;
