import type { BookEdit, Kept } from './bookEdit.ts';
import type { BookSettings } from './bookSettings.ts';
import type { IncidentCommand } from './command.ts';
import { wake } from './incidentDraft.ts';

const TEXT_MAX = 4000;

/**
 * Does what a person asked; a reason when it cannot be done. Comments are taken at any time, all else while the incident
 * is not resolved.
 */
export function obey(
  edit: BookEdit,
  id: string,
  command: IncidentCommand,
  actor: string,
  settings: BookSettings,
): string | null {
  const kept = edit.peek(id)!;
  if (command.kind === 'comment') return comment(edit, id, command.text, actor);
  if (kept.head.state === 'resolved') return 'resolved';
  switch (command.kind) {
    case 'acknowledge':
      return acknowledge(edit, kept, actor);
    case 'assign':
      return assign(edit, kept, command.userId, actor);
    case 'snooze':
      return snooze(edit, kept, command.untilMs, actor, settings);
    case 'unsnooze':
      if (kept.head.snoozedUntilMs === null) return 'not-snoozed';
      wake(edit.change(id), actor, 'by-hand');
      return null;
    case 'resolve':
      return resolve(edit, id, command.text, actor);
    case 'merge':
      return merge(edit, kept, command.intoId, actor);
    case 'split':
      return split(edit, kept, command.transformerIds, actor);
  }
}

function comment(edit: BookEdit, id: string, text: string, actor: string): string | null {
  const said = text.trim();
  if (said === '') return 'empty';
  if (said.length > TEXT_MAX) return 'too-long';
  edit.change(id).note('commented', actor, { text: said });
  return null;
}

function acknowledge(edit: BookEdit, { head }: Kept, actor: string): string | null {
  if (head.state === 'acknowledged') return 'acknowledged';
  const draft = edit.change(head.id);
  draft.head.state = 'acknowledged';
  draft.head.acknowledgedMs = edit.context.nowMs;
  draft.head.acknowledgedBy = actor;
  draft.note('acknowledged', actor);
  return null;
}

function assign(edit: BookEdit, { head }: Kept, userId: string | null, actor: string): string | null {
  if (head.assignee === userId) return 'assigned';
  const draft = edit.change(head.id);
  draft.note('assigned', actor, { from: head.assignee, to: userId });
  draft.head.assignee = userId;
  return null;
}

function snooze(
  edit: BookEdit,
  { head }: Kept,
  untilMs: number,
  actor: string,
  settings: BookSettings,
): string | null {
  const { nowMs } = edit.context;
  if (!(untilMs > nowMs)) return 'past';
  if (untilMs - nowMs > settings.snoozeS * 1000) return 'too-long';
  const draft = edit.change(head.id);
  draft.head.snoozedUntilMs = untilMs;
  draft.note('snoozed', actor, { untilMs });
  return null;
}

function resolve(edit: BookEdit, id: string, text: string | null, actor: string): string | null {
  const said = text?.trim() ?? '';
  if (said.length > TEXT_MAX) return 'too-long';
  const draft = edit.change(id);
  draft.note('resolved', actor, { by: actor, text: said === '' ? null : said, lasting: draft.set.open });
  edit.resolve(draft, actor);
  return null;
}

function merge(edit: BookEdit, { head }: Kept, intoId: string, actor: string): string | null {
  const into = edit.peek(intoId);
  if (intoId === head.id) return 'same';
  if (into === null) return 'target-not-found';
  if (into.head.state === 'resolved') return 'target-resolved';
  if (into.head.isTest !== head.isTest) return 'test';
  edit.merge(head.id, intoId, { actor });
  return null;
}

function split(
  edit: BookEdit,
  { head, set }: Kept,
  transformerIds: readonly string[],
  actor: string,
): string | null {
  const apart = new Set(transformerIds.filter((id) => set.held(id) !== null));
  if (apart.size === 0) return 'nothing';
  if (apart.size === set.transformerCount) return 'everything';
  const { into, from } = edit.split(head.id, apart);
  const count = apart.size;
  from.note('split', actor, { into: into.head.id, intoNumber: edit.numberOf(into), count });
  into.note('split', actor, { from: head.id, fromNumber: head.number, count });
  return null;
}
