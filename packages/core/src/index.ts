export * from './graph/integerGraph.js';
export { BnfreeError, formatIssues, throwIfIssues, type Issue } from '@bnfree/integer-kernels';
