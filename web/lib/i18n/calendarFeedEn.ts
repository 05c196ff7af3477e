/** English words of calendar addresses. */
export const calendarFeedEn = {
  feedMake: 'Subscribe in my calendar',
  feedRenew: 'New address',
  feedRevoke: 'Void the address',
  feedIs:
    'Give this address to your calendar program. It is not shown again; whoever has it can read this rota:',
  feedStands: (used: string) =>
    used === ''
      ? 'You have a calendar address; no program has asked for it yet.'
      : `You have a calendar address; last read ${used}.`,
  feedVoid: 'The address is void.',
};
