import type { ProblemCode } from '../../../server/http/errors.ts';
import type { FaultCode, ProblemWords } from '../problem.ts';

/** 服务器拒绝时的说明，按代码。 */
export const problemsZh: ProblemWords<ProblemCode> = {
  'account-none': () => '只有登录的用户才有密码和会话。',
  'backup-running': () => '正在备份，请等待其结束。',
  changed: () => '其他人刚刚修改过。您的修改未保存；现在显示的是最新内容。',
  'cannot-now': ({ reason }, t) => t.refusedAction(refusalsZh[String(reason)] ?? String(reason)),
  'end-before-begin': () => '结束时间早于开始时间，请重新选择。',
  'everywhere-needed': () => '此操作涉及全部供电区域，您只能查看其中一部分。',
  faults: () => '填写的内容有误，未保存。',
  first: () => '其他人先一步处理了。您的操作未生效。',
  'forecast-first': () => '该季节尚无预测可供对照，请先运行预测。',
  gone: () => '已不存在：已被他人移除，或已过期清理。',
  internal: () => '服务器出错，未做任何更改；原因见服务器日志。',
  'last-admin': () => '这是最后一位管理员，请先将他人设为管理员。',
  'link-over': () => '链接已失效：已使用过或已过期，请索取新的链接。',
  'login-refused': () => '用户名或密码错误。',
  'login-taken': () => '用户名已被占用，请换一个。',
  'login-wait': ({ seconds }) => `登录失败次数过多，请 ${seconds} 秒后重试。`,
  'measure-ahead': () => '实施日期尚未到来，请选择今天或更早的日期。',
  'measure-not-done': () => '措施按实施之后的实测数据评估，请先标记为已实施。',
  'measure-refused': () => '该措施会使轻载时电压超过上限，请选择其他措施。',
  'not-yours': () => '涉及您权限以外的人员或供电区域。',
  'password-unfit': ({ fault, min, max }) =>
    ({
      'too-short': `密码至少 ${min} 个字符。`,
      'too-long': `密码最多 ${max} 个字符。`,
      common: '此密码极易被猜中，请使用几个互不相关的词。',
      'like-login': '密码不能与用户名相同。',
    })[String(fault)] ?? '密码不符合要求。',
  'replay-running': () => '已有回放正在进行，请结束后重试。',
  'role-needed': ({ needed, own }, t) => `需要“${roleIn(needed, t)}”角色，您的角色是“${roleIn(own, t)}”。`,
  'rule-faults': () => '规则有误。',
  'scope-needed': ({ needed }) => `需要具有“${needed}”权限范围的令牌。`,
  'season-unknown': () => '没有此季节，请重新选择。',
  'secrets-again': () => '地址已更改：请重新填写对应的密钥。',
  span: ({ days }) => `结束须晚于开始，且不超过 ${days} 天。`,
  'too-busy': () => '服务器繁忙，请几秒后重试。',
};

/** 单个字段的错误。 */
export const faultsZh: ProblemWords<FaultCode> = {
  required: () => '必填',
  'too-long': ({ max }) => `最多 ${max} 个字符`,
  'too-many': ({ max }) => `最多 ${max} 项`,
  'out-of-range': ({ min, max }) => `须在 ${min} 至 ${max} 之间`,
  unknown: () => '已不存在',
  'not-after': () => '须晚于开始时间',
  'no-zone': () => '不是有效的时区，例如 Asia/Shanghai',
  'no-date': () => '不是有效的日期',
  'no-weekday': () => '不是有效的星期',
  'unknown-field': () => '不属于此渠道',
  address: () => '须为一个邮箱地址',
  url: () => '须为 http 或 https 地址，且不含登录信息',
  'signing-secret': () => '须为 whsec_ 加 24 至 64 字节的 base64',
  base64url: () => '须与浏览器给出的一致',
  phone: () => '须为电话号码',
  line: () => '须为单行',
};

/** 告警操作无法执行的原因。 */
const refusalsZh: Readonly<Record<string, string>> = {
  resolved: '告警已恢复。',
  acknowledged: '告警已确认。',
  'not-snoozed': '告警未处于暂缓状态。',
  assigned: '已指派给此人。',
  empty: '内容为空。',
  'too-long': '过长。',
  past: '时间已过。',
  same: '是同一告警。',
  'target-not-found': '目标告警不存在。',
  'target-resolved': '目标告警已恢复。',
  test: '测试不能与真实告警合并。',
  nothing: '未选择任何内容。',
  everything: '选择了全部台区。',
};

function roleIn(role: string | number | undefined, { roles }: { roles: Record<string, string> }): string {
  return roles[String(role)] ?? String(role);
}
