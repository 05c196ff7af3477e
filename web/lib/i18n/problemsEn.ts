import type { ProblemCode } from '../../../server/http/errors.ts';
import type { FaultCode, ProblemWords } from '../problem.ts';

/** What the server refuses, by its code. */
export const problemsEn: ProblemWords<ProblemCode> = {
  'account-none': () => 'Only someone who logged in has a password and sessions.',
  'backup-running': () => 'A backup is being made. Wait until it has ended.',
  changed: () => 'Someone else changed it meanwhile. Nothing of yours was kept; this is how it stands now.',
  'cannot-now': ({ reason }, t) => t.refusedAction(refusalsEn[String(reason)] ?? String(reason)),
  'end-before-begin': () => 'It would end before it begins. Choose an end after the beginning.',
  'everywhere-needed': () => 'This concerns all areas, and you see only some.',
  faults: () => 'Something that was entered cannot be kept.',
  first: () => 'Someone else was first. Nothing of yours was changed.',
  'forecast-first': () => 'There is no forecast of the season to set it beside. Make one first.',
  gone: () => 'It is not there any more: somebody removed it, or it was pruned.',
  internal: () => 'Something went wrong on the server. Nothing was changed; its log holds the cause.',
  'last-admin': () => 'This is the last administrator. Make someone else one first.',
  'link-over': () => 'The link does not hold: it was used, or is too old. Ask for another one.',
  'login-refused': () => 'User name or password is wrong.',
  'login-taken': () => 'The user name is taken. Choose another one.',
  'login-wait': ({ seconds }) => `Too many failed logins. Try again in ${seconds} s.`,
  'measure-ahead': () => 'The day on which it was done lies ahead. Choose today or an earlier day.',
  'measure-not-done': () =>
    'A measure is judged by what was measured after it was done. Mark it as done first.',
  'measure-refused': () => 'It would lift the voltage at light load over the limit. Choose another measure.',
  'not-yours': () => 'It concerns people or areas beyond yours.',
  'password-unfit': ({ fault, min, max }) =>
    ({
      'too-short': `Take at least ${min} characters.`,
      'too-long': `Take at most ${max} characters.`,
      common: 'This password is one that is guessed first. Take some words that do not belong together.',
      'like-login': 'The password must not be the user name.',
    })[String(fault)] ?? 'The password is not fit.',
  'replay-running': () => 'A replay runs already. Try again when it is over.',
  'role-needed': ({ needed, own }, t) =>
    `This needs the role ${roleIn(needed, t)}; yours is ${roleIn(own, t)}.`,
  'rule-faults': () => 'The rule has faults.',
  'scope-needed': ({ needed }) => `This needs a token with the scope ${needed}.`,
  'season-unknown': () => 'There is no such season. Choose another one.',
  'secrets-again': () => 'The address was changed: enter the secrets that belong to it again.',
  span: ({ days }) => `The end must be after the beginning, by no more than ${days} days.`,
  'too-busy': () => 'The server is busy. Try again in some seconds.',
};

/** What is wrong with one field. */
export const faultsEn: ProblemWords<FaultCode> = {
  required: () => 'is needed',
  'too-long': ({ max }) => `at most ${max} characters`,
  'too-many': ({ max }) => `at most ${max}`,
  'out-of-range': ({ min, max }) => `from ${min} to ${max}`,
  unknown: () => 'is not there any more',
  'not-after': () => 'must be after the beginning',
  'no-zone': () => 'is not a time zone, such as Asia/Shanghai',
  'no-date': () => 'is not a date',
  'no-weekday': () => 'is not a day of the week',
  'unknown-field': () => 'does not belong to this channel',
  address: () => 'must be one e-mail address',
  url: () => 'must be an http or https address without a login in it',
  'signing-secret': () => 'must be whsec_ and base64 of 24 to 64 bytes',
  base64url: () => 'must be as the browser gave it',
  phone: () => 'must be a telephone number',
  line: () => 'must be one line',
};

/** Why an action on an incident is not done now. */
const refusalsEn: Readonly<Record<string, string>> = {
  resolved: 'it is resolved already.',
  acknowledged: 'it is acknowledged already.',
  'not-snoozed': 'it is not snoozed.',
  assigned: 'it is assigned to them already.',
  empty: 'there is nothing in it.',
  'too-long': 'it is too long.',
  past: 'that time is past.',
  same: 'it is the same incident.',
  'target-not-found': 'the other incident is not there.',
  'target-resolved': 'the other incident is resolved.',
  test: 'a test cannot be put together with a real incident.',
  nothing: 'nothing was chosen.',
  everything: 'all transformers were chosen.',
};

function roleIn(role: string | number | undefined, { roles }: { roles: Record<string, string> }): string {
  return roles[String(role)] ?? String(role);
}
