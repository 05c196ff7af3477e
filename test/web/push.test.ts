import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import PushCard from '../../web/components/PushCard.svelte';
import { accessApi } from '../../web/lib/accessApi.ts';
import { ApiError } from '../../web/lib/api.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { PushState } from '../../web/lib/state/push.svelte.ts';

afterEach(() => {
  cleanup();
  i18n.locale = 'en';
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('the card says why push cannot be had, and what to do; it is switched by one button', async () => {
  const onswitch = vi.fn<(on: boolean) => void>();
  const { rerender } = render(PushCard, { standing: 'not-configured', busy: false, fault: null, onswitch });
  expect(screen.getByText('Push is not configured on the server.')).toBeDefined();
  await rerender({ standing: 'not-installed' });
  expect(screen.getAllByRole('listitem')).toHaveLength(3);
  await rerender({ standing: 'insecure' });
  expect(screen.getByText(/need HTTPS/)).toBeDefined();
  await rerender({ standing: 'denied' });
  expect(screen.getByText(/are blocked for this site/)).toBeDefined();
  expect(screen.queryByRole('button')).toBeNull();
  await rerender({ standing: 'off' });
  await fireEvent.click(screen.getByRole('button', { name: 'Notify me here' }));
  await rerender({ standing: 'on' });
  await fireEvent.click(screen.getByRole('button', { name: 'Stop on this device' }));
  expect(onswitch.mock.calls).toEqual([[true], [false]]);
  const fault = new ApiError(403, 'Not allowed', '', { code: 'not-yours' });
  i18n.locale = 'zh-CN';
  await rerender({ fault });
  expect(screen.getByRole('alert').textContent).toContain('涉及您权限以外的人员');
});

describe('how push stands', () => {
  const supported = (permission: NotificationPermission): void => {
    vi.stubGlobal('PushManager', vi.fn<() => void>());
    vi.stubGlobal('Notification', { permission });
    vi.stubGlobal('isSecureContext', true);
  };
  const browser = (parts: object): void => {
    vi.stubGlobal('navigator', { ...parts });
  };

  test('is told by what the server and the browser have', () => {
    const push = new PushState();
    expect(push.standing(null, [])).toBe('not-configured');
    supported('default');
    browser({ serviceWorker: {} });
    expect(push.standing('key', [])).toBe('off');
    supported('denied');
    expect(push.standing('key', [])).toBe('denied');
  });

  test('without support says what is missing: HTTPS, the home screen, another browser', () => {
    const push = new PushState();
    browser({});
    vi.stubGlobal('isSecureContext', false);
    expect(push.standing('key', [])).toBe('insecure');
    vi.stubGlobal('isSecureContext', true);
    expect(push.standing('key', [])).toBe('unsupported');
    browser({ standalone: false });
    expect(push.standing('key', [])).toBe('not-installed');
  });

  test('a refusal of the person is no fault; any other is told', async () => {
    const push = new PushState();
    const me = vi.spyOn(accessApi, 'me');
    me.mockRejectedValue(new DOMException('no', 'NotAllowedError'));
    await push.turnOn('key', 'x', 'en');
    expect(push.fault).toBeNull();
    me.mockRejectedValue(new Error('gone'));
    await push.turnOn('key', 'x', 'en');
    expect(push.fault?.message).toBe('gone');
  });
});
