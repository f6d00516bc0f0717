const assert = require('node:assert/strict');

/** Loads the model with the IntegerModel that it is given and checks what it says about two images. */
exports.useModel = async (IntegerModel) => {
  const model = await IntegerModel.load('model.bnfree');
  const report = await model.selfTest();
  assert.equal(report.passed, true);
  const images = Uint8Array.of(0, 10, 20, 0, 200, 255, 130, 240);
  const { output, classes, ranking } = await model.run(images);
  assert.deepEqual([...output], [60, -60, -39, 39]);
  const names = ranking.map(([best]) => classes[best]);
  assert.deepEqual(names, ['dark', 'bright']);
  console.log(`${model.backend.name}: ${names.join(', ')}`);
  await model.dispose();
};
