import { expect, test } from '@jest/globals';
import { closestName } from './closestName.js';

const known = ['strides', 'padding', 'groups'];

test('finds the name that was mistyped', () => {
  expect(closestName('stride', known)).toBe('strides');
  expect(closestName('paddnig', known)).toBe('padding');
  expect(closestName('GROUPS', known)).toBe('groups');
});

test('says nothing where no name is near', () => {
  expect(closestName('epsilon', known)).toBeUndefined();
  expect(closestName('', known)).toBeUndefined();
});
