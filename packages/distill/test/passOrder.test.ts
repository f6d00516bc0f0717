import { expect, test } from '@jest/globals';
import {
  calibrateRange,
  correctBias,
  fitToTap,
  freezeLayer,
  initializeFromTeacher,
  pipe,
} from '../src/index.js';

test('passes join only where one gives the stage that the next takes', () => {
  const whole = pipe(initializeFromTeacher(), calibrateRange(), fitToTap(), correctBias(), freezeLayer());
  const ptq = pipe(initializeFromTeacher(), calibrateRange(), freezeLayer());
  // @ts-expect-error a layer cannot be frozen before it is calibrated
  const uncalibrated = pipe(initializeFromTeacher(), freezeLayer());
  // @ts-expect-error nor calibrated before it is initialised
  const backwards = pipe(calibrateRange(), initializeFromTeacher());
  expect([whole, ptq, uncalibrated, backwards].map(({ name }) => name.split(' > ').length)).toEqual([
    5, 3, 2, 2,
  ]);
});
