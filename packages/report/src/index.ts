export { renderReport, type ReportOptions } from './renderReport.js';
export type { MeasuredAccuracy } from './figures/accuracyLadder.js';
