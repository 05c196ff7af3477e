import type { Notice } from '../../core/notice.ts';

/** Why a run cannot be made, where that is known: the notice for people, its English as the message. */
export class RunError extends Error {
  readonly notice: Notice;
  constructor(notice: Notice, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RunError';
    this.notice = notice;
  }
}

/** What a run that failed keeps for people; what nobody foresaw is said to be that, with its text quoted. */
export function noticeOfFailure(error: unknown): Notice {
  if (error instanceof RunError) return error.notice;
  return { code: 'run-unexpected', values: { error: (error as Error).message } };
}
