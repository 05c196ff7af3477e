import { mount } from 'svelte';
import Gate from './Gate.svelte';
import { i18n } from './lib/i18n/i18n.svelte.ts';
import { theme } from './lib/state/theme.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/pages.css';

theme.start();
i18n.start();

// Not needed for the pages themselves; where it cannot be had, only push and installing are missing.
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').catch(() => undefined);

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
mount(Gate, { target });
