import type { calendarFeedEn } from './calendarFeedEn.ts';
import type { Dictionary } from './dictionary.ts';

/** 日历订阅用语。 */
export const calendarFeedZh: Pick<Dictionary, keyof typeof calendarFeedEn> = {
  feedMake: '订阅到我的日历',
  feedRenew: '更换地址',
  feedRevoke: '作废地址',
  feedIs: '请将此地址添加到您的日历软件。地址仅显示这一次，任何人持有它都能查看此值班表：',
  feedStands: (used) =>
    used === '' ? '您已有日历地址，尚无软件读取。' : `您已有日历地址，最近读取：${used}。`,
  feedVoid: '地址已作废。',
};
