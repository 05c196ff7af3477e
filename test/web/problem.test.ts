import { cleanup, render } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import Fault from '../../web/components/Fault.svelte';
import { ApiError } from '../../web/lib/api.ts';
import { en } from '../../web/lib/i18n/en.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { zh } from '../../web/lib/i18n/zh.ts';
import { faultsOf, sayFault, sayProblem } from '../../web/lib/problem.ts';

afterEach(() => {
  cleanup();
  i18n.locale = 'en';
});

const refusal = (body: object): ApiError => new ApiError(403, 'Not allowed', 'In English.', body);

test('a refusal is said in the language of the page, with what it speaks of', () => {
  const error = refusal({ code: 'role-needed', values: { needed: 'admin', own: 'viewer' } });
  expect(sayProblem(error, en, 'en')).toBe('This needs the role Administrator; yours is Viewer.');
  expect(sayProblem(error, zh, 'zh-CN')).toMatch(/需要“管理员”角色/);
  const cannot = refusal({ code: 'cannot-now', values: { reason: 'resolved' } });
  expect(sayProblem(cannot, en, 'en')).toBe('This cannot be done: it is resolved already.');
});

test('what the page has no words for is quoted as the server said it, marked as English', () => {
  i18n.locale = 'zh-CN';
  const { container } = render(Fault, { error: refusal({ code: 'toString' }) });
  expect(container.querySelector('[lang=en]')?.textContent).toBe('Not allowed In English.');
});

test('faults are said by their place; an answer without any has none', () => {
  const [fault] = faultsOf(
    refusal({
      faults: [{ path: 'repeats', message: '', code: 'out-of-range', values: { min: 0, max: 10 } }],
    }),
  );
  expect(sayFault(fault!, en, 'en')).toBe('from 0 to 10');
  expect(sayFault({ path: 'x', message: 'Too odd' }, zh, 'zh-CN')).toBeNull();
  expect(faultsOf(null)).toEqual([]);
  expect(faultsOf(refusal({}))).toEqual([]);
});
