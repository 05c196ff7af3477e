import { describe, expect, it } from 'vitest';
import { configSchema } from '../server/configSchema.ts';
import { parseRule, ruleToTry } from '../server/replayRule.ts';
import { gridOf, transformerOf } from './fixtures/transformers.ts';

const IN_FORCE = configSchema.parse({
  limits: { overrides: [{ transformerId: 'T2', lowV: 200 }] },
  detection: { mildDelayS: 1800 },
});

const ruleOf = (tree: unknown) => {
  const parsed = parseRule(tree, IN_FORCE);
  if ('faults' in parsed) throw new Error(parsed.faults.join('\n'));
  return parsed.rule;
};
const faultsOf = (tree: unknown): string[] => {
  const parsed = parseRule(tree, IN_FORCE);
  return 'faults' in parsed ? parsed.faults : [];
};

describe('a rule to be tried', () => {
  it.each([[{}], [null], [undefined], [{ limits: null }], [{ limits: {}, detection: {} }]])(
    'that says nothing (%j) is the one in force',
    (tree) => {
      expect(ruleOf(tree)).toEqual({ limits: IN_FORCE.limits, detection: IN_FORCE.detection });
    },
  );

  it('lays what it names over what is in force', () => {
    const { limits, detection } = ruleOf({
      limits: { profile: 'en-50160' },
      detection: { severeBelowPu: 0.7 },
    });
    expect(limits).toEqual({ ...IN_FORCE.limits, profile: 'en-50160' });
    expect(detection).toEqual({ ...IN_FORCE.detection, severeBelowPu: 0.7 });
  });

  it('names its overrides as a whole: none is none', () => {
    expect(ruleOf({ limits: { overrides: [] } }).limits.overrides).toEqual([]);
  });

  it.each([
    ['no mapping', 'profile: en-50160', /a mapping with limits: or detection: is expected/],
    ['a list', [{ detection: {} }], /a mapping/],
    ['a part that is no rule', { retention: { readingsDays: 1 } }, /retention/],
    ['a key that does not exist', { detection: { mildDelay: 60 } }, /mildDelay/],
    ['a number out of bounds', { detection: { severeBelowPu: 7 } }, /^detection\.severeBelowPu: /],
    ['a profile that nobody wrote', { limits: { profile: 'din' } }, /^limits\.profile: /],
    ['a part that is a number', { limits: 5 }, /^limits: /],
    [
      'an override that names nothing',
      { limits: { overrides: [{ lowV: 190 }] } },
      /limits of all are a profile/,
    ],
    [
      'bands that cross',
      { detection: { severeBelowPu: 0.86 } },
      /severeBelowPu must be below seriousBelowPu/,
    ],
    [
      'limits that cross',
      { limits: { overrides: [{ kind: 'rural', lowV: 240, highV: 230 }] } },
      /lowV must be below highV/,
    ],
  ])('is refused with its fault: %s', (_, tree, fault) => {
    expect(faultsOf(tree)).toEqual([expect.stringMatching(fault)]);
  });

  it('tells every fault at once', () => {
    expect(faultsOf({ detection: { severeBelowPu: 7, deadbandV: -1 } })).toHaveLength(2);
  });

  it('gives each point its limits: of the profile, or of the override that names it', () => {
    const { limitsOf } = ruleToTry(ruleOf({ limits: { profile: 'ansi-c84.1' } }), {
      version: 1,
      ...gridOf(transformerOf('T1'), transformerOf('T2')),
    });
    expect(limitsOf('T1', 'outlet').lowV).toBeCloseTo(209);
    expect(limitsOf('T2', 'outlet').lowV).toBe(200);
  });
});
