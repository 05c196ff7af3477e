/** Names of the parts of the service, as the System page shows them. */
export const partsEn = {
  componentNames: {
    broker: 'broker',
    flow: 'flow',
    store: 'store',
    database: 'database',
    alerting: 'alerting',
    planning: 'planning',
  },
  products: {
    'embedded broker': 'embedded',
    'spool and writer': 'spool and writer',
    'self-proof': 'self-proof',
  },
};
