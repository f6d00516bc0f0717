const kernels = require('@bnfree/integer-kernels');
const conformance = require('@bnfree/integer-kernels/conformance');
const { runLayer } = require('./runLayer.cjs');
const { runThreads } = require('./runThreads.cjs');

runLayer(kernels, conformance)
  .then(() => runThreads(kernels))
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
