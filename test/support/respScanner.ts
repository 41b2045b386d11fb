/** A complete top-level value of the stream: its type byte, and the bulk strings it holds at any depth, in order. */
export type OnValue = (type: string, bulks: readonly Buffer[]) => void;

const CRLF = Buffer.from('\r\n');

/**
 * Finds where values end in a stream of RESP2 or RESP3, whatever the chunks it comes in, and without decoding it.
 *
 * Nesting needs no stack: `missing` counts the values that are still to come until the top-level one is complete,
 * and an array of n adds n and takes away itself. An inline command (a bare line) comes as type `inline`, in words.
 */
export class RespScanner {
  private rest: Buffer = Buffer.alloc(0);
  private type = '';
  private bulks: Buffer[] = [];
  private missing = 0;
  private bulkLength: number | null = null;

  constructor(private readonly onValue: OnValue) {}

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (;;) {
      const next = this.bulkLength === null ? this.takeLine(at) : this.takeBulk(at, this.bulkLength);
      if (next === null) break;
      at = next;
    }
    this.rest = this.rest.subarray(at);
  }

  /** Takes the line at an offset and answers the offset behind it, or null where the line is not complete. */
  private takeLine(at: number): number | null {
    const end = this.rest.indexOf(CRLF, at);
    if (end === -1) return null;
    const type = this.rest.toString('latin1', at, at + 1);
    const text = this.rest.toString('latin1', at + 1, end);
    if (this.missing === 0) this.begin(type);

    if ('*~>%|'.includes(type)) this.open(type, Number(text));
    else if ('$=!'.includes(type) && Number(text) >= 0) this.bulkLength = Number(text);
    else if ('+-:,#(_$'.includes(type)) this.complete();
    else this.inline(`${type}${text}`);
    return end + CRLF.length;
  }

  private takeBulk(at: number, length: number): number | null {
    const end = at + length;
    if (this.rest.length < end + CRLF.length) return null;
    this.bulks.push(this.rest.subarray(at, end));
    this.bulkLength = null;
    this.complete();
    return end + CRLF.length;
  }

  private begin(type: string): void {
    this.type = type;
    this.bulks = [];
    this.missing = 1;
  }

  private open(type: string, count: number): void {
    const values = type === '%' || type === '|' ? 2 * count : Math.max(count, 0);
    // An attribute stands before the value it belongs to and is none itself.
    if (type === '|') this.missing += values;
    else {
      this.missing += values;
      this.complete();
    }
  }

  private complete(): void {
    this.missing--;
    if (this.missing === 0) this.onValue(this.type, this.bulks);
  }

  private inline(line: string): void {
    this.type = 'inline';
    this.bulks = line
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => Buffer.from(word, 'latin1'));
    this.complete();
  }
}
