/** English words of the page that shows nothing yet. */
export const firstRunEn = {
  firstTitle: 'Nothing to show yet',
  firstLead: 'Peakvolt is running. Three steps, in any order:',
  firstBroker: 'Connect a broker',
  firstBrokerHow: (address: string) =>
    `Set MQTT_URL, or point devices at the embedded broker${address && ` at ${address}`}.`,
  firstBrokerNamed: 'Point devices at the broker that MQTT_URL names.',
  firstRegistry: 'Import a registry',
  firstRegistryHow: 'npm run -s peakvolt -- import registry FILE.csv',
  firstDemo: 'Or look at the demo',
  firstDemoHow: 'npm run -s peakvolt -- serve --demo',
};
