/** The tfjs backends that train in a page. */
export const backendNames = ['webgpu', 'webgl', 'wasm'] as const;

/** Which tfjs backend. */
export type BackendName = (typeof backendNames)[number];
