import { mount } from 'svelte';
import Gate from './Gate.svelte';
import { i18n } from './lib/i18n/i18n.svelte.ts';
import { theme } from './lib/state/theme.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';

theme.start();
i18n.start();

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
mount(Gate, { target });
