const kernels = require('@bnfree/integer-kernels');
const conformance = require('@bnfree/integer-kernels/conformance');
const { runLayer } = require('./runLayer.cjs');

runLayer(kernels, conformance).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
