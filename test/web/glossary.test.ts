import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { noticesZh } from '../../web/lib/i18n/noticesZh.ts';
import { faultsZh, problemsZh } from '../../web/lib/i18n/problemsZh.ts';
import { zh } from '../../web/lib/i18n/zh.ts';

/** Every Chinese text of the pages; what takes arguments is taken as it is written. */
const CHINESE = [zh, noticesZh, problemsZh, faultsZh]
  .flatMap((words) => Object.values<unknown>(words))
  .flatMap((entry) => (typeof entry === 'object' ? Object.values(entry as object) : [entry]))
  .map(String);

const GLOSSARY = new Map(
  [...readFileSync('docs/ARCHITECTURE.md', 'utf8').matchAll(/^\| (.+?) +\| (.+?) +\| .* \|$/gm)].map(
    ([, english, chinese]) => [english!, chinese!],
  ),
);

/** A line is the low-voltage one, behind the transformer. */
const FEEDER_AS_LINE = '(?<!低压)线路(?!末端|改造)';

/** One word for one concept: the term, its word, and what else it could be called but must not. */
test.each([
  ['transformer (area)', '台区', ['配变', '变压器']],
  ['area', '供电区域', ['供电区(?!域)', '片区']],
  ['feeder', '馈线', ['出线', FEEDER_AS_LINE]],
  ['measuring point', '测点', ['测量点', '监测点']],
  ['reading', '采集数据', ['读数', '量测']],
  ['severity: mild, serious, severe', '轻度', ['轻微']],
  ['outage', '停电', ['断电', '失电']],
  ['no data', '无数据', ['离线', '缺数']],
  ['dead letter', '拒收数据', ['死信']],
  ['spool', '缓存队列', ['假脱机', '磁盘待写', '缓冲']],
  ['conservation sum', '数据守恒', ['守恒和']],
  ['voltage qualification rate', '电压合格率', ['达标率']],
  ['unbalance', '三相', ['失衡']],
  ['load', '负载率', ['负荷率', '负载(?!率)']],
  ['nominal voltage', '标称', ['额定']],
  ['important customer', '重要用户', ['重要客户']],
  ['broker', '消息代理', ['(?<!消息)代理', '经纪']],
  ['store', '时序库', ['时序存储', '时序数据库']],
  ['summer / winter peak', '迎峰', ['高峰']],
])('%s is %s', (term, word, others) => {
  expect(GLOSSARY.get(term)).toContain(word);
  expect(CHINESE.filter((text) => text.includes(word)).length).toBeGreaterThan(0);
  expect(CHINESE.filter((text) => others.some((other) => new RegExp(other).test(text)))).toEqual([]);
});

test('what the service says of a feeder is said with that word too', () => {
  const files = ['measures/findingWords', 'incident/evidence', 'incident/messageZh', 'incident/tonightWords'];
  const said = files.flatMap((file) => readFileSync(`server/core/${file}.ts`, 'utf8').split('\n'));
  expect(said.filter((line) => new RegExp(FEEDER_AS_LINE).test(line))).toEqual([]);
  expect(said.filter((line) => line.includes('馈线')).length).toBeGreaterThan(0);
});
