const kernels = require('@bnfree/integer-kernels');
const { runLayer } = require('./runLayer.cjs');

runLayer(kernels).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
