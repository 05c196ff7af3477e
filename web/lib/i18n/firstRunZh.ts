/** Chinese words of the page that shows nothing yet. */
export const firstRunZh = {
  firstTitle: '还没有数据',
  firstLead: 'Peakvolt 已在运行。三步，次序不限：',
  firstBroker: '连接消息代理',
  firstBrokerHow: (address: string) =>
    `设置 MQTT_URL，或让设备连接内置消息代理${address && `：${address}`}。`,
  firstBrokerNamed: '让设备连接 MQTT_URL 所设的消息代理。',
  firstRegistry: '导入台账',
  firstRegistryHow: 'npm run -s peakvolt -- import registry FILE.csv',
  firstDemo: '或看看演示',
  firstDemoHow: 'npm run -s peakvolt -- serve --demo',
};
