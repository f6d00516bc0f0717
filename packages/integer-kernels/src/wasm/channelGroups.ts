import { GROUP_CHANNELS } from './elements.js';
import type { FunctionBuilder, Local } from './emitter/index.js';
import type { OutputPlan } from './outputStage.js';
import { writeRecord } from './requantization/requantizationRecords.js';

/** A pointer that moves with the channels. */
export interface ChannelPointer {
  readonly local: Local<'i32'>;
  /** Bytes of one group of eight channels. */
  readonly groupBytes: number;
}

/** Visits channels in groups of eight, then the rest at once; moves the pointers from group to group. */
export function emitChannelGroups(
  f: FunctionBuilder,
  channels: number,
  pointers: readonly ChannelPointer[],
  body: (count: number) => void,
): void {
  f.repeat(f.local('i32', 'groupsLeft'), Math.floor(channels / GROUP_CHANNELS), () => {
    body(GROUP_CHANNELS);
    for (const { local, groupBytes } of pointers) if (groupBytes > 0) f.increase(local, groupBytes);
  });
  if (channels % GROUP_CHANNELS > 0) body(channels % GROUP_CHANNELS);
}

/** Bytes of the records of one group of channels; 0 where all share one. */
export function recordGroupBytes({ code }: Pick<OutputPlan, 'code'>): number {
  return code.isUniform ? 0 : 2 * code.recordBytes;
}

/** Bytes of the records of all channels. */
export function recordsByteLength({ code }: Pick<OutputPlan, 'code'>, channels: number): number {
  return code.isUniform ? code.recordBytes : Math.ceil(channels / GROUP_CHANNELS) * 2 * code.recordBytes;
}

/**
 * Writes the records of all channels, or the one that they share.
 *
 * Groups begin at `starts`: by default every eight channels.
 */
export function writeRecords(
  view: DataView,
  byteOffset: number,
  { code, fields }: OutputPlan,
  channels: number,
  starts?: readonly number[],
): void {
  const length = recordsByteLength({ code }, channels);
  for (let offset = 0, record = 0; offset < length; offset += code.recordBytes, record += 1) {
    const group = record >> 1;
    const first = (starts?.[group] ?? group * GROUP_CHANNELS) + (record & 1) * 4;
    const lanes = [first, first + 1, first + 2, first + 3];
    const present = lanes.map((channel) => (channel < channels ? channel : undefined));
    writeRecord(view, byteOffset + offset, fields, present);
  }
}
