import { randomBytes } from 'node:crypto';

/** JSON text that stands for a value in a result: `stringify` puts it into the answer as it is. */
export class RawJson {
  constructor(readonly text: string) {}

  /** Called by `JSON.stringify`: leaves a mark where the text belongs. */
  toJSON(): string {
    texts.push(this.text);
    return MARK;
  }
}

/** Nobody outside this process can write the mark into data, so it stands where `toJSON` left it and nowhere else. */
const MARK = randomBytes(16).toString('hex');
const QUOTED_MARK = JSON.stringify(MARK);

let texts: string[] = [];

/** `JSON.stringify`, with every RawJson in it as the text that it holds. */
export function stringify(value: unknown): string {
  texts = [];
  const text = JSON.stringify(value);
  if (texts.length === 0) return text;
  const pieces = text.split(QUOTED_MARK);
  let joined = pieces[0] ?? '';
  texts.forEach((raw, index) => (joined += raw + (pieces[index + 1] ?? '')));
  return joined;
}
