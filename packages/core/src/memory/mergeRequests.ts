import type { ActivationSpec, LayoutRequest, TensorLayout } from '@bnfree/integer-kernels';
import { noHalo } from './tensorGeometry.js';

/** Layout requests that one buffer can serve. */
export interface RequestGroup<Member> {
  /** What must stand in the halo; null where nobody reads it. */
  haloValue: number | null;
  readonly requests: { readonly member: Member; readonly request: LayoutRequest }[];
}

/**
 * Sorts requests into groups that can share a buffer.
 *
 * Requests conflict only where both read the halo and want different values there. The largest group comes first (ties: the
 * one that was asked first); requests that read no halo join it.
 */
export function groupRequests<Member>(
  requests: readonly { readonly member: Member; readonly request: LayoutRequest }[],
): RequestGroup<Member>[] {
  const groups = new Map<number, RequestGroup<Member>>();
  for (const entry of requests) {
    const value = requiredHaloValue(entry.request);
    if (value === null) continue;
    const group = groups.get(value) ?? { haloValue: value, requests: [] };
    group.requests.push(entry);
    groups.set(value, group);
  }
  const sorted = [...groups.values()].sort((a, b) => b.requests.length - a.requests.length);
  const first = sorted[0] ?? { haloValue: null, requests: [] };
  for (const entry of requests) {
    if (requiredHaloValue(entry.request) === null) first.requests.push(entry);
  }
  return [first, ...sorted.slice(1)];
}

/** The layout that gives every request at least what it asks for. */
export function mergeRequests(tensor: ActivationSpec, requests: readonly LayoutRequest[]): TensorLayout {
  const channels = tensor.shape.at(-1) ?? 1;
  const multiple = requests.reduce(
    (all, { channelMultiple }) => leastCommonMultiple(all, channelMultiple),
    1,
  );
  const largest = (side: keyof LayoutRequest['halo']) =>
    requests.reduce((all, { halo }) => Math.max(all, halo[side]), 0);
  return {
    channelStride: Math.ceil(channels / multiple) * multiple,
    halo:
      tensor.shape.length === 4
        ? { top: largest('top'), bottom: largest('bottom'), left: largest('left'), right: largest('right') }
        : noHalo,
    tailBytes: requests.reduce((all, { tailBytes }) => Math.max(all, tailBytes), 0),
  };
}

function requiredHaloValue({ halo, haloValue }: LayoutRequest): number | null {
  return halo.top + halo.bottom + halo.left + halo.right > 0 ? haloValue : null;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
