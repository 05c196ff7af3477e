/** What was done, by whom. Each entry carries the hash of the one before: a later change shows (R12). */
export interface AuditFact {
  /** Who: id and name as they were then. */
  actor: { id: string; name: string };
  /** Noun and verb, e.g. `session.start`, `user.change`, `incident.acknowledge`. */
  action: string;
  /** Id of what it was done to; empty where there is nothing. */
  subject: string;
  /** Never a secret. */
  detail: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditFact {
  /** 1, 2, 3 … without a gap. */
  seq: number;
  tsMs: number;
  /** SHA-256 of {@link auditText}, hexadecimal. */
  hash: string;
}

/** Whether the chain is whole, and where it breaks first. */
export type AuditVerdict =
  { kind: 'whole'; entries: number } | { kind: 'broken'; seq: number; reason: 'changed' | 'missing' };

/** Before the first entry. */
export const AUDIT_ROOT = '0'.repeat(64);

/** What the hash of an entry is taken of; `detail` as the text in which it is stored. */
export function auditText(
  { seq, tsMs, actor, action, subject }: Omit<AuditEntry, 'hash' | 'detail'>,
  detail: string,
  previousHash: string,
): string {
  return JSON.stringify([previousHash, seq, tsMs, actor.id, actor.name, action, subject, detail]);
}
