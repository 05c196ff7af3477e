import type { AlertFacts, Language } from './delivery.ts';
import { messageLines, messageTitle, wordsOf } from './message.ts';
import { tonightOpenText } from './tonightMessage.ts';
import type { Severity } from '../event.ts';

/** Bar beside the title: legible on white and on black. */
const SEVERITY_COLOURS: Record<Severity, string> = { mild: '#b58900', serious: '#d9621e', severe: '#d32f2f' };
const RESOLVED_COLOUR = '#2e8b57';

/**
 * The alert as an e-mail page. Nothing is loaded from anywhere, so that nobody is tracked and nothing is missing; no
 * background is set and text keeps the colour of the reader's theme, so that dark mode needs no rules.
 */
export function messageHtml(facts: AlertFacts, language: Language): string {
  const words = wordsOf(language);
  const title = escapeHtml(messageTitle(facts, language));
  const isOver = facts.kind === 'resolved' || facts.kind === 'outage-ended';
  const colour = isOver ? RESOLVED_COLOUR : SEVERITY_COLOURS[facts.severity];
  const isAnswerable = facts.outage === undefined && facts.tonight === undefined;
  const rows = messageLines(facts, language)
    .map(({ label, text }) =>
      label === ''
        ? `<tr><td colspan="2" style="padding:4px 0">${escapeHtml(text)}</td></tr>`
        : `<tr><th scope="row" style="padding:4px 16px 4px 0;text-align:left;vertical-align:top;font-weight:normal;opacity:.7;white-space:nowrap">${escapeHtml(label)}</th><td style="padding:4px 0">${escapeHtml(text)}</td></tr>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
</head>
<body style="margin:0;padding:16px;font:16px/1.5 system-ui,'Noto Sans CJK SC',sans-serif">
<h1 style="margin:0 0 12px;padding-left:12px;border-left:6px solid ${colour};font-size:20px;line-height:1.3">${title}</h1>
<table role="presentation" style="border-collapse:collapse">
${rows}
</table>
<p style="margin:20px 0 12px"><a href="${escapeHtml(facts.url)}" style="display:inline-block;padding:10px 20px;border:2px solid ${colour};border-radius:6px;font-weight:bold;text-decoration:none;color:inherit">${escapeHtml(openText(facts, language))}</a></p>
${
  isAnswerable
    ? `<p style="margin:0;font-size:13px;opacity:.7">${escapeHtml(words.footer)}</p>
`
    : ''
}</body>
</html>
`;
}

function openText({ kind, outage }: AlertFacts, language: Language): string {
  const words = wordsOf(language);
  if (kind === 'digest') return words.openDigest;
  if (kind === 'tonight') return tonightOpenText(language);
  return outage === undefined ? words.open : words.openOutages;
}

/** Text as it may stand in HTML, attributes included. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
