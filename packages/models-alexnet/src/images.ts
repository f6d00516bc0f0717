// Sets of photographs on disk, as batches for training and evaluation. Node only.
export { type LabelOptions, type DamagedImage, type ImageEntry, type ImageSet } from './images/imageSet.js';
export { openImageFolder } from './images/openImageFolder.js';
export { openImageShards } from './images/openImageShards.js';
export { imageBatches, type ImageBatches, type ImageBatchesOptions } from './images/imageBatches.js';
export { type DecoderName, decoderNames } from './images/imageDecoder.js';
