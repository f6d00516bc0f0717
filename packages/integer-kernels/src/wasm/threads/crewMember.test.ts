import { expect, test } from '@jest/globals';
import { crewMember, type CrewMember } from './crewMember.js';

/** Two members that share words, and a phase whose parts call what is given and write down who did what. */
function crewOfTwo(takesOver: boolean, withinPart: Partial<Record<0 | 1, () => void>> = {}) {
  const words = new Int32Array(new SharedArrayBuffer(512));
  const done: string[] = [];
  const [leader, follower] = [0, 1].map((position): CrewMember => {
    const member = crewMember(words, position, 2, takesOver);
    const phase = (part: 0 | 1): void => {
      done.push(`part ${part} by ${position}`);
      withinPart[part]?.();
    };
    const exports = { phase } as unknown as WebAssembly.Exports;
    member.add(exports, [{ id: 7, exportName: 'phase', parameters: [[0], [1]] }]);
    return member;
  });
  /** What a follower does when it sees what was announced. */
  const take = (announced: number): boolean => {
    follower.seen = announced;
    return follower.doParts();
  };
  return { leader, take, done };
}

test('the leader does the part of a follower that has not begun; one that comes late finds nothing to do', () => {
  const { leader, take, done } = crewOfTwo(true);
  leader.lead(7);
  expect(leader.isOver()).toBe(true);
  expect(take(1)).toBe(false);
  expect(done).toEqual(['part 0 by 0', 'part 1 by 0']);
});

test('a follower that was late takes part in the phase behind it', () => {
  const { leader, take, done } = crewOfTwo(true, { 0: () => leader.seen === 2 && take(2) });
  leader.lead(7);
  done.length = 0;
  leader.lead(7);
  expect(done).toEqual(['part 0 by 0', 'part 1 by 1']);
  expect(leader.isOver()).toBe(true);
});

test('a part is waited for that a follower has begun', () => {
  let isOver: boolean | undefined;
  const { leader, take, done } = crewOfTwo(true, {
    0: () => take(1),
    1: () => {
      isOver = leader.isOver();
    },
  });
  leader.lead(7);
  expect(isOver).toBe(false);
  expect(leader.isOver()).toBe(true);
  expect(done).toEqual(['part 0 by 0', 'part 1 by 1']);
});

test('where members take nothing over, each does its own part alone', () => {
  const { leader, take, done } = crewOfTwo(false);
  leader.lead(7);
  expect(leader.isOver()).toBe(false);
  expect(take(1)).toBe(false);
  expect(leader.isOver()).toBe(true);
  expect(done).toEqual(['part 0 by 0', 'part 1 by 1']);
});

test('a part that throws is told to the leader, whoever did it', () => {
  const fail = (): never => {
    throw new Error('a trap');
  };
  const ofLeader = crewOfTwo(true, { 0: fail });
  ofLeader.leader.lead(7);
  expect(() => ofLeader.leader.isOver()).toThrow('thread 0 threw');
  const ofFollower = crewOfTwo(false, { 1: fail });
  ofFollower.leader.lead(7);
  ofFollower.take(1);
  expect(() => ofFollower.leader.isOver()).toThrow('thread 1 threw');
});
