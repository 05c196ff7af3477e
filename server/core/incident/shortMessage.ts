/** One text message: counted as a mobile network counts it, cut where a word ends. */

/** One message of the GSM 7-bit alphabet, and of UCS-2 (3GPP TS 23.038). */
const GSM_UNITS_MAX = 160;
const UCS2_UNITS_MAX = 70;
/** A link is left out when less than this would remain for what happened: the number finds the incident too. */
const TEXT_UNITS_MIN = 16;

const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** These take two of the 160. */
const GSM_EXTENDED = new Set('^{}\\[~]|€');

/** What the text takes of one message, and how much one message takes. */
export function smsUnits(text: string): { units: number; max: number } {
  let units = 0;
  for (const char of text) {
    if (GSM_BASIC.has(char)) units += 1;
    else if (GSM_EXTENDED.has(char)) units += 2;
    else return { units: text.length, max: UCS2_UNITS_MAX };
  }
  return { units, max: GSM_UNITS_MAX };
}

/**
 * As many parts as one message takes, most important first, and the link behind them. The first part is cut when it
 * alone is too long; the others are there whole or not at all.
 */
export function shortMessage(
  parts: readonly string[],
  link: string | null,
  words: { separator: string; ellipsis: string },
): string {
  const [first = '', ...rest] = parts;
  const fits = (text: string): boolean => {
    const { units, max } = smsUnits(text);
    return units <= max;
  };
  // What is not GSM in any part makes the whole message UCS-2, so the room is measured on the message itself.
  const tail =
    link !== null && fits(`${'#'.repeat(TEXT_UNITS_MIN)}${firstForeign(first)} ${link}`) ? ` ${link}` : '';
  let body = first;
  if (!fits(body + tail)) body = cutToFit(first, words.ellipsis, (text) => fits(text + tail));
  for (const part of rest) {
    const longer = `${body}${words.separator}${part}`;
    if (fits(longer + tail)) body = longer;
  }
  return body + tail;
}

/** At most `lengthMax` UTF-16 units, cut where a word ends. */
export function cutText(text: string, lengthMax: number, ellipsis: string): string {
  if (text.length <= lengthMax) return text;
  return cutToFit(text, ellipsis, (shorter) => shorter.length <= lengthMax);
}

function cutToFit(text: string, ellipsis: string, fits: (text: string) => boolean): string {
  const chars = [...text];
  let length = chars.length;
  while (length > 0 && !fits(chars.slice(0, length).join('').trimEnd() + ellipsis)) length -= 1;
  // Han ends a word with every character; Latin letters and digits only at their edge.
  const isWord = (char: string | undefined): boolean =>
    char !== undefined && /[\p{Script=Latin}\d.]/u.test(char);
  let end = length;
  while (end > 0 && isWord(chars[end - 1]) && isWord(chars[end])) end -= 1;
  return (
    chars
      .slice(0, end === 0 ? length : end)
      .join('')
      .trimEnd() + ellipsis
  );
}

function firstForeign(text: string): string {
  return [...text].find((char) => !GSM_BASIC.has(char) && !GSM_EXTENDED.has(char)) ?? '';
}
