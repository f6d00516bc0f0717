import { findFloats } from './findFloats.js';

const integerDtypes = new Set(['I32', 'I8', 'U8']);

/**
 * Lists everything in an artifact that is not an integer: numbers of header and graph, and element types.
 *
 * Reads the raw text, not what decodeArtifact made of it. The file must have passed decodeArtifact.
 */
export function floatsInArtifact(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerText = new TextDecoder().decode(bytes.subarray(8, 8 + view.getUint32(0, true)));
  const header = JSON.parse(headerText) as Record<string, { dtype?: string; graph?: string }>;
  const { __metadata__: metadata, ...tensors } = header;
  return [
    ...findFloats(headerText),
    ...findFloats(metadata.graph ?? ''),
    ...Object.entries(tensors)
      .filter(([, { dtype = 'none' }]) => !integerDtypes.has(dtype))
      .map(([name, { dtype }]) => `${name}: ${dtype}`),
  ];
}
