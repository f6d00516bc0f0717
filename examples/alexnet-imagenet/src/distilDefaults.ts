/** What `distil` does unless it is told otherwise. */
export const distilDefaults = { images: 2048, fitSteps: 200, batch: 32 } as const;
