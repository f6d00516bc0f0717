import * as loaded from 'onnx-proto';

/** The CommonJS module onnx-proto: Node's own loader gives it as the default export, bundlers and jest give its names. */
export const onnxProto = 'default' in loaded ? (loaded.default as typeof loaded) : loaded;
