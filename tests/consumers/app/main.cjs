const { IntegerModel } = require('@bnfree/core');
const { useModel } = require('./useModel.cjs');

useModel(IntegerModel).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
