/** Names of the parts of the service, as the System page shows them. */
export const partsZh = {
  componentNames: {
    broker: '消息代理',
    flow: '数据流',
    store: '时序库',
    database: '数据库',
    alerting: '告警',
    planning: '迎峰准备',
  },
  products: { 'embedded broker': '内置', 'spool and writer': '缓存队列与写入器', 'self-proof': '自检' },
};
