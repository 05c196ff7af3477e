import type { Notices } from './notices.ts';

const postgresql = (place: string): string =>
  `确认 ${place} 的 PostgreSQL 正在运行，并检查 \`DATABASE_URL\`（用户、密码、数据库名）。`;
const sqlite = (place: string): string => `确认 ${place} 可写且磁盘未满。`;

/** 各组件的状态与处理办法。 */
export const noticesZh: Notices = {
  'mqtt-connected': { detail: (v) => `已连接 ${v.address}` },
  'mqtt-paused': { detail: (v) => `已连接 ${v.address}；数据落盘前暂停接收` },
  'mqtt-connecting': { detail: (v) => `正在连接 ${v.address}` },
  'mqtt-stopped': { detail: () => '已停止' },
  'mqtt-credentials': {
    detail: (v) => `${v.address}：消息代理拒绝了用户名或密码`,
    remedy: () => '对照消息代理的用户，检查 `MQTT_USERNAME` 与 `MQTT_PASSWORD`。',
  },
  'mqtt-client-id': {
    detail: (v) => `${v.address}：消息代理拒绝了客户端标识`,
    remedy: () => '把 `mqtt.clientId` 设为消息代理接受的名称。',
  },
  'mqtt-version': {
    detail: (v) => `${v.address}：消息代理不支持此 MQTT 版本`,
    remedy: () => '把 `mqtt.protocolVersion` 设为 4（MQTT 3.1.1）。',
  },
  'mqtt-busy': {
    detail: (v) => `${v.address}：消息代理暂不接受连接`,
    remedy: () => '查看消息代理的日志；系统会自动重连。',
  },
  'mqtt-not-allowed': {
    detail: (v) => `${v.address}：消息代理不允许此用户连接`,
    remedy: () => '检查 `MQTT_USERNAME`、`MQTT_PASSWORD` 以及消息代理的访问规则。',
  },
  'mqtt-certificate-unknown': {
    detail: (v) => `${v.address}：消息代理的证书不是由可信机构签发`,
    remedy: () => '把 `MQTT_CA` 设为签发机构证书的 PEM 文件。',
  },
  'mqtt-certificate-expired': {
    detail: (v) => `${v.address}：消息代理的证书已过期`,
    remedy: () => '更新消息代理的证书，并检查本机时钟。',
  },
  'mqtt-certificate-name': {
    detail: (v) => `${v.address}：消息代理的证书与主机名不符`,
    remedy: () => '`MQTT_URL` 中请使用证书所列的主机名。',
  },
  'mqtt-certificate-wanted': {
    detail: (v) => `${v.address}：消息代理要求客户端证书`,
    remedy: () => '设置 `MQTT_CERT` 与 `MQTT_KEY`。',
  },
  'mqtt-nothing-listens': {
    detail: (v) => `${v.address}：该地址没有消息代理在监听`,
    remedy: () => '启动消息代理，或改正 `MQTT_URL` 中的主机与端口。',
  },
  'mqtt-host-unknown': {
    detail: (v) => `${v.address}：无法解析消息代理的主机名`,
    remedy: () => '改正 `MQTT_URL` 中的主机名，或检查本机的域名解析。',
  },
  'mqtt-no-name-service': {
    detail: (v) => `${v.address}：域名解析服务没有应答`,
    remedy: () => '检查本机的域名解析。',
  },
  'mqtt-silent': {
    detail: (v) => `${v.address}：消息代理没有应答`,
    remedy: () => '检查本机与消息代理之间的网络和防火墙。',
  },
  'mqtt-no-route': {
    detail: (v) => `${v.address}：到消息代理的网络不通`,
    remedy: () => '检查本机与消息代理之间的网络。',
  },
  'mqtt-tls': {
    detail: (v) => `${v.address}：TLS 握手失败（${v.error}）`,
    remedy: () => '检查 `MQTT_CA`、`MQTT_CERT`、`MQTT_KEY` 以及消息代理的 TLS 设置。',
  },
  'mqtt-failed': {
    detail: (v) => (v.error === '' ? `${v.address}：连接失败` : `${v.address}：连接失败（${v.error}）`),
    remedy: () => '检查 `MQTT_URL` 与消息代理的日志。',
  },
  'mqtt-subscription-refused': {
    detail: (v) => `${v.address}：消息代理拒绝了订阅（${v.filters}）：${v.answer}`,
    remedy: () => '在消息代理的访问规则中允许此用户读取这些主题。',
  },
  'mqtt-cut-short': {
    detail: (v) => `${v.address}：消息代理接受连接后很快断开，反复如此`,
    remedy: (v) =>
      `可能有另一客户端使用同一标识（${v.clientId}）：请为每个进程设置不同的 \`mqtt.clientId\`。否则请查看消息代理的日志。`,
  },
  'embedded-broker': {
    detail: (v) => `监听 ${v.address}，客户端 ${v.clients} 个；会话与保留消息存于内存`,
  },
  'embedded-broker-paused': {
    detail: (v) => `监听 ${v.address}，客户端 ${v.clients} 个；数据落盘前暂缓接收`,
  },
  'embedded-broker-stopped': { detail: () => '内置消息代理未运行' },
  'duckdb-well': { detail: (v) => `测点 ${v.points} 个，${v.megabytes}\u202fMB` },
  'duckdb-stopped': { detail: () => '未运行' },
  'duckdb-write-failed': {
    detail: (v) => `最近一次写入失败：${v.error}`,
    remedy: (v) => `检查 ${v.folder} 的剩余空间与写权限；其间采集数据在缓存队列中等待。`,
  },
  'influx-well': { detail: (v) => `已连接 ${v.host}` },
  'influx-login': {
    detail: (v) => `InfluxDB 拒绝了登录：${v.answer}`,
    remedy: () => '为 `INFLUX_TOKEN`（或 `influx.username` 与 `influx.password`）设置有效的凭据。',
  },
  'influx-right': {
    detail: (v) => `InfluxDB 拒绝了访问：${v.answer}`,
    remedy: () => '为此账号授予该存储桶的读写权限。',
  },
  'influx-missing': {
    detail: (v) => `InfluxDB 中没有该数据库或存储桶：${v.answer}`,
    remedy: () => '创建数据库或存储桶，或改正 `INFLUX_BUCKET`、`INFLUX_ORG`、`INFLUX_URL`。',
  },
  'influx-not-influx': {
    detail: (v) => `该地址的应答不像 InfluxDB：${v.answer}`,
    remedy: () => '确认 `INFLUX_URL` 指向 InfluxDB，且 `INFLUX_VERSION` 正确。',
  },
  'influx-trouble': {
    detail: (v) => `InfluxDB 报错：${v.answer}`,
    remedy: () => '查看 InfluxDB 的日志；系统会自动重试。',
  },
  'influx-unreachable': {
    detail: (v) => `无法连接 InfluxDB：${v.error}`,
    remedy: () => '确认 InfluxDB 正在运行，且 `INFLUX_URL` 可以访问。',
  },
  'influx-silent': {
    detail: () => 'InfluxDB 没有应答',
    remedy: () => '确认 InfluxDB 正在运行，且 `INFLUX_URL` 可以访问。',
  },
  'database-well': { detail: (v) => `表结构 ${v.schema}` },
  'database-schema': {
    detail: (v) => `表结构为 ${v.schema}，本程序需要 ${v.needed}`,
    remedy: () => '重启 Peakvolt：启动时会自动升级表结构。',
  },
  'sqlite-stopped': { detail: () => '未启动', remedy: (v) => sqlite(v.place) },
  'sqlite-failed': { detail: (v) => `数据库出错：${v.error}`, remedy: (v) => sqlite(v.place) },
  'postgresql-stopped': { detail: () => '未启动', remedy: (v) => postgresql(v.place) },
  'postgresql-failed': { detail: (v) => `数据库出错：${v.error}`, remedy: (v) => postgresql(v.place) },
  'flow-well': { detail: (v) => `待入库 ${v.batches} 批，数据守恒` },
  'flow-conservation': {
    detail: (v) => `数据不守恒，相差 ${v.readings} 条采集数据`,
    remedy: () => '这是程序故障：请保留数据目录与日志，并反馈问题。',
  },
  'flow-spool-refuses': {
    detail: (v) => `缓存队列无法保存采集数据（${v.error}）：恢复之前不向设备确认`,
    remedy: () => '清理数据目录所在磁盘，或调大 `spool.bytesMax`；队列写满时，时序库恢复后会自行排空。',
  },
  'flow-store-away': {
    detail: () => '时序库不接收采集数据，数据在缓存队列中等待',
    remedy: () => '恢复时序库，积压会自行排空。',
  },
  'alerting-starting': { detail: () => '尚未自检' },
  'alerting-proven': { detail: (v) => `${v.minutes} 分钟前自检通过` },
  'alerting-overdue': {
    detail: () => '每分钟的自检没有变成通知',
    remedy: () => '先看其他部件；其他部件正常时，查看日志中的发件队列。',
  },
  'planning-done': {
    detail: (v) => `${v.hours === '0' ? '不到 1' : v.hours} 小时前完成未来三天的预测`,
  },
  'planning-no-weather': {
    detail: () => '未来三天的预测未能完成，也没有通知任何人：没有天气预报',
    remedy: () =>
      '通过 MQTT 向 `weather/v1/{org}/{stationId}/forecast` 发布天气预报，或将 `readiness.enabled` 设为 `false`。',
  },
  'planning-failed': {
    detail: () => '未来三天的预测未能完成',
    remedy: () => '当天早晨的日志有更多信息。',
  },
  'run-no-transformer': { detail: () => '尚未登记任何台区', remedy: () => '请先导入台账。' },
  'run-no-history': {
    detail: () => '预测起点之前没有历史数据',
    remedy: () => '请导入历史数据，或等待数据采集。',
  },
  'run-season-not-over': {
    detail: () => '该季节尚未结束',
    remedy: () => '回测是与实测结果对比，请在季节结束后再运行。',
  },
  'run-baseline-no-weather': {
    detail: () => '当前发布的是基线，不含气象因素，无法计算升温或降温的影响',
  },
  'run-no-weather-forecast': {
    detail: () => '没有未来三天的天气预报',
    remedy: () => '请先接入天气预报，再重新运行。',
  },
  'run-no-weather-measured': {
    detail: (v) => `已有天气预报（${v.forecasts}），但没有实测气象数据，无法得知负荷随气温的变化`,
    remedy: () => '请导入历史气象数据，再重新运行。',
  },
  'run-weather-unmatched': {
    detail: (v) => `已有天气预报（${v.forecasts}），但无法判断哪一个邻近有实测数据的气象站（${v.stations}）`,
    remedy: () => '请以该气象站的名称发布天气预报，再重新运行。',
  },
  'run-store-failed': {
    detail: (v) => `无法从时序库读取历史数据：${v.error}`,
    remedy: () => '在“系统”页面查看时序库的状态，恢复后重新运行。',
  },
  'run-unexpected': {
    detail: (v) => (v.error === '' ? '发生意外错误' : `发生意外错误：${v.error}`),
    remedy: () => '当时的日志有更多信息：请保留日志，并反馈问题。',
  },
  'store-silent': { detail: (v) => `时序库 ${v.seconds} 秒内没有应答` },
  'store-failed': { detail: (v) => `时序库出错：${v.error}` },
  'dead-letters-failed': { detail: (v) => `拒收数据无法保存：${v.error}` },
  'part-silent': { detail: (v) => `${v.seconds} 秒内没有应答` },
  'part-failed': { detail: (v) => `检查失败：${v.error}` },
};
