/**
 * Finds every number in a JSON text that is not a whole number as canonical JSON writes it.
 *
 * A raw scan, independent of the parser: whatever stands outside strings and starts like a number is judged by its letters.
 * Returns the offending tokens.
 */
export function findFloats(json: string): string[] {
  const token = /[-+.0-9a-zA-Z]+/y;
  const floats: string[] = [];
  for (let at = 0; at < json.length;) {
    if (json[at] === '"') {
      at = stringEnd(json, at);
      continue;
    }
    token.lastIndex = at;
    const word = token.exec(json)?.[0] ?? '';
    if (word !== '' && !isHarmless(word)) floats.push(word);
    at += Math.max(1, word.length);
  }
  return floats;
}

function isHarmless(word: string): boolean {
  return /^(?:0|-?[1-9][0-9]*|true|false|null)$/.test(word);
}

/** The position behind the closing quote of the string that starts at `from`. */
function stringEnd(json: string, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
