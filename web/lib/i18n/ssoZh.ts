import type { Dictionary } from './dictionary.ts';
import type { ssoEn } from './ssoEn.ts';

/** 单点登录用语。 */
export const ssoZh: Pick<Dictionary, keyof typeof ssoEn> = {
  loginSso: (label) => (label === '' ? '单点登录' : `使用${label}登录`),
  userUnbind: '解除单点登录',
  ssoWhy: {
    away: '统一认证暂无响应。请稍后再试，或使用密码登录。',
    denied: '统一认证未放行，或您已取消登录。',
    stale: '登录已超时，或是在另一个窗口中开始的，请重新登录。',
    distrusted: '统一认证的答复未通过校验，原因见服务日志。',
    unknown: '您在本系统没有有效账户，请联系管理员添加。',
    forbidden: '按本系统的规则，您不能登录，请向管理员了解原因。',
  },
};
