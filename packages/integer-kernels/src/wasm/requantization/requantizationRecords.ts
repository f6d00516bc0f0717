import type { RecordField } from './requantizationCode.js';

/** Channels that one record serves. */
export const RECORD_CHANNELS = 4;

/** Bytes of one record: 16 for a 32-bit field, 32 for a 64-bit field. */
export function recordByteLength(fields: readonly RecordField[]): number {
  return fields.reduce((sum, { bits }) => sum + bits / 2, 0);
}

/** Whether one record serves all channels. */
export function isUniform(fields: readonly RecordField[]): boolean {
  return fields.every(({ values }) => values.length === 1);
}

/** Writes the record of four channels; a lane without a channel takes the values of channel 0. */
export function writeRecord(
  view: DataView,
  byteOffset: number,
  fields: readonly RecordField[],
  channels: readonly (number | undefined)[],
): void {
  let position = byteOffset;
  for (const field of fields) {
    for (let lane = 0; lane < RECORD_CHANNELS; lane += 1) {
      const index = field.values.length === 1 ? 0 : (channels[lane] ?? 0);
      if (field.bits === 32) view.setInt32(position, field.values[index], true);
      else view.setBigInt64(position, field.values[index], true);
      position += field.bits / 8;
    }
  }
}
