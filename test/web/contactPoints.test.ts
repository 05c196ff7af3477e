import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import ContactDialog from '../../web/components/ContactDialog.svelte';
import ContactList from '../../web/components/ContactList.svelte';
import { contactSettings } from '../../web/lib/settingsEditor.ts';

const spy = () => vi.fn<(...told: unknown[]) => void>();
const form = () => ({ busy: false, error: null, onsave: spy(), onclose: spy() });
const save = (): Promise<boolean> =>
  fireEvent.click(screen.getByRole('button', { name: 'Save', hidden: true }));
const type = (label: string, value: string): Promise<boolean> =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } });

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

describe('a contact point', () => {
  const url = { name: 'url', form: 'url', isSecret: true, isOptional: false };
  const secret = { name: 'secret', form: 'line', isSecret: true, isOptional: true };
  const channels = [
    {
      channel: 'email' as const,
      fields: [{ name: 'address', form: 'address', isSecret: false, isOptional: false }],
    },
    { channel: 'dingtalk' as const, fields: [url, secret] },
    { channel: 'web-push' as const, fields: [url] },
  ];
  const person = { id: 'u1', name: 'Wang Min', language: 'zh-CN' as const };
  const kept = {
    id: 'c1',
    version: 1,
    userId: 'u1',
    channel: 'dingtalk' as const,
    name: 'Group',
    language: 'en' as const,
    settings: { url: 'https://oapi.example/***', secret: '***' },
    priority: 1,
    enabled: true,
  };

  test('asks for what its channel needs; a browser subscribes itself', async () => {
    const props = { ...form(), document: null, person, channels };
    render(ContactDialog, props);
    const options = [...screen.getByLabelText<HTMLSelectElement>('Channel').options];
    expect(options.map(({ value }) => value)).toEqual(['email', 'dingtalk']);
    expect(screen.getByLabelText<HTMLInputElement>('E-mail address').type).toBe('email');
    await type('E-mail address', ' wang@example.org ');
    await save();
    expect(props.onsave).toHaveBeenCalledWith({
      userId: 'u1',
      channel: 'email',
      name: 'e-mail',
      language: 'zh-CN',
      priority: 0,
      enabled: true,
      settings: { address: 'wang@example.org' },
    });
  });

  test('shows no secret, keeps it while nothing is typed, and forgets it when told to', async () => {
    const props = { ...form(), document: kept, person, channels };
    render(ContactDialog, props);
    const field = screen.getByLabelText<HTMLInputElement>('Signing secret (may be empty)');
    expect([field.value, field.type, field.required]).toEqual(['', 'password', false]);
    expect(screen.getByLabelText<HTMLInputElement>('Address (URL)').value).toBe('');
    await save();
    await fireEvent.click(screen.getByLabelText('Forget the one that is kept'));
    await type('Address (URL)', 'https://oapi.example/new');
    await save();
    const sent = props.onsave.mock.calls.map(([draft]) => (draft as typeof kept).settings);
    expect(sent).toEqual([kept.settings, { url: 'https://oapi.example/new' }]);
  });

  test('of another channel keeps nothing of the one before', () => {
    expect(contactSettings([url, secret], { address: 'x', url: ' https://a ' }, {}, [])).toEqual({
      url: 'https://a',
    });
  });
});

test('people whom nothing reaches are marked; a contact point is tested by its button', async () => {
  const ontest = spy();
  const onedit = spy();
  const person = {
    version: 0,
    language: 'en',
    enabled: true,
    quietHours: null,
    timeZone: 'UTC',
    isMine: true,
  } as const;
  const point = {
    id: 'c1',
    version: 1,
    userId: 'u1',
    channel: 'sms',
    name: '138',
    language: 'en',
    settings: {},
    priority: 0,
    enabled: true,
  } as const;
  const props = {
    people: [
      { ...person, id: 'u1', name: 'Wang Min' },
      { ...person, id: 'u2', name: 'Li Qiang' },
    ],
    contactPoints: [point, { ...point, id: 'c2', userId: 'u2', enabled: false }],
    busy: false,
    may: true,
    tests: new Map(),
    ontest,
    onadd: spy(),
    onedit,
    onhours: spy(),
  };
  const { rerender } = render(ContactList, props);
  expect(screen.getByText('▲ cannot be reached').parentElement?.textContent).toContain('Li Qiang');
  await fireEvent.click(screen.getByRole('button', { name: 'Send test: Wang Min, 138' }));
  expect(ontest).toHaveBeenCalledWith('c1');
  await fireEvent.click(screen.getByRole('button', { name: 'Change 138: Wang Min' }));
  expect(onedit.mock.calls[0]![0]).toBe(point);
  await rerender({ tests: new Map([['c1', { kind: 'failed', detail: '550 no such user' }]]) });
  expect(screen.getByRole('status').textContent).toMatch(/▲ Test: failed\.\s+550 no such user/);
  await rerender({ may: false });
  expect(screen.queryByRole('button')).toBeNull();
});
