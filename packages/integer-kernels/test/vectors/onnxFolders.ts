/** The cases that our integer ops compute. */
export const usedOnnxFolders = [
  'test_conv_with_autopad_same',
  'test_conv_with_strides_and_asymmetric_padding',
  'test_conv_with_strides_no_padding',
  'test_conv_with_strides_padding',
  'test_convinteger_with_padding',
  'test_convinteger_without_padding',
  'test_dequantizelinear',
  'test_dequantizelinear_axis',
  'test_dequantizelinear_blocked',
  'test_dequantizelinear_int2',
  'test_dequantizelinear_int4',
  'test_dequantizelinear_uint2',
  'test_dequantizelinear_uint4',
  'test_dynamicquantizelinear_max_adjusted',
  'test_dynamicquantizelinear_min_adjusted',
  'test_matmulinteger',
  'test_maxpool_2d_uint8',
  'test_qlinearconv',
  'test_qlinearmatmul_2D_int8_float16',
  'test_qlinearmatmul_2D_int8_float32',
  'test_qlinearmatmul_2D_uint8_float16',
  'test_qlinearmatmul_2D_uint8_float32',
  'test_qlinearmatmul_3D_int8_float16',
  'test_qlinearmatmul_3D_int8_float32',
  'test_qlinearmatmul_3D_uint8_float16',
  'test_qlinearmatmul_3D_uint8_float32',
  'test_quantizelinear',
  'test_quantizelinear_axis',
  'test_quantizelinear_blocked_asymmetric',
  'test_quantizelinear_int2',
  'test_quantizelinear_int4',
  'test_quantizelinear_uint2',
  'test_quantizelinear_uint4',
] as const;

const batchNormalization = 'batch normalization works on floats; there is no integer op for it';
const smallFloat = 'float8 and float4 are no integer types';
const sixteenBits = 'there are no 16-bit activations';
const expanded = 'the same tensors as the case without `_expanded`, computed by a graph of float operators';

/** The cases that are left out, each with the reason. */
export const excludedOnnxFolders = {
  test_batchnorm_epsilon: batchNormalization,
  test_batchnorm_epsilon_training_mode: batchNormalization,
  test_batchnorm_example: batchNormalization,
  test_batchnorm_example_training_mode: batchNormalization,
  test_dequantizelinear_e4m3fn: smallFloat,
  test_dequantizelinear_e4m3fn_float16: smallFloat,
  test_dequantizelinear_e4m3fn_zero_point: smallFloat,
  test_dequantizelinear_e5m2: smallFloat,
  test_dequantizelinear_float4e2m1: smallFloat,
  test_dequantizelinear_int16: sixteenBits,
  test_dequantizelinear_uint16: sixteenBits,
  test_dynamicquantizelinear:
    'one quotient is 25.5 in float32 alone: exactly it lies below, so that integers round it the other way',
  test_dynamicquantizelinear_expanded: expanded,
  test_dynamicquantizelinear_max_adjusted_expanded: expanded,
  test_dynamicquantizelinear_min_adjusted_expanded: expanded,
  test_quantizelinear_blocked_symmetric: sixteenBits,
  test_quantizelinear_e4m3fn: smallFloat,
  test_quantizelinear_e5m2: smallFloat,
  test_quantizelinear_float4e2m1: smallFloat,
  test_quantizelinear_int16: sixteenBits,
  test_quantizelinear_uint16: sixteenBits,
} as const;
