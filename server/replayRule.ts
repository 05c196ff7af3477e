import type { z } from 'zod';
import { ruleFaults, type Config } from './config.ts';
import { configSchema } from './configSchema.ts';
import type { GridModel } from './core/grid.ts';
import type { HttpDeps } from './http/deps.ts';
import { replayThresholds, type RuleToTry } from './pipeline/thresholdReplay.ts';
import type { ReadingStore } from './ports.ts';
import { limitsLookup } from './storage.ts';

/** A rule as people write it: `limits` and `detection` with the keys of `peakvolt.yaml`. */

type Rule = Pick<Config, 'limits' | 'detection'>;

const ruleSchema = configSchema.pick({ limits: true, detection: true });

/** The rule, or everything that is wrong with it. What it does not name is as in force. */
export function parseRule(tree: unknown, inForce: Rule): { rule: Rule } | { faults: string[] } {
  const given = tree ?? {};
  if (!isMapping(given)) return { faults: ['a mapping with limits: or detection: is expected'] };
  const laid: Record<string, unknown> = { limits: inForce.limits, detection: inForce.detection };
  for (const [key, value] of Object.entries(given)) {
    const under = laid[key];
    laid[key] = isMapping(under) && isMapping(value) ? { ...under, ...value } : (value ?? under);
  }
  const parsed = ruleSchema.safeParse(laid);
  if (!parsed.success) return { faults: parsed.error.issues.map(faultText) };
  const faults = ruleFaults(parsed.data);
  return faults.length > 0 ? { faults } : { rule: parsed.data };
}

/** What the pages may ask of rules. */
export function ruleDesk(config: Config, store: ReadingStore, grid: () => GridModel): HttpDeps['rules'] {
  const { limits, detection, timeZone } = config;
  return {
    // Overrides name transformers, which not everyone may see; a draft that names none has them all the same.
    inForce: () => ({ limits: { profile: limits.profile }, detection }),
    prepare(draft) {
      const parsed = parseRule(draft, config);
      if ('faults' in parsed) return parsed;
      return {
        run(span, watch) {
          const model = grid();
          const rules = { draft: ruleToTry(parsed.rule, model), inForce: ruleToTry(config, model) };
          return replayThresholds(rules, span, { store, grid: model, timeZone }, watch);
        },
      };
    },
  };
}

/** A rule over a registry, ready to be tried. */
export function ruleToTry(rule: Rule, grid: GridModel): RuleToTry {
  return {
    detection: rule.detection,
    limitsOf: limitsLookup(rule, () => grid),
  };
}

function faultText({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.') || '(top level)'}: ${message}`;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
