/** Finds the end of one HTTP/1.1 answer after another on a connection, and looks at no more than it must. */
export class AnswerReader {
  #head = '';
  #inBody = false;
  #remaining = 0;
  #isChunked = false;
  #tail = '';
  #failed = false;

  /** Whether the answer was not 200 or held GraphQL errors. */
  get failed(): boolean {
    return this.#failed;
  }

  begin(): void {
    this.#head = '';
    this.#inBody = false;
    this.#tail = '';
    this.#failed = false;
  }

  /**
   * Takes what arrived; true when the answer is complete.
   * @throws where an answer does not tell its length
   */
  push(chunk: Buffer): boolean {
    let body = chunk;
    if (!this.#inBody) {
      const text = this.#head + chunk.toString('latin1', 0, Math.min(chunk.length, MAX_HEAD));
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#head = text;
        return false;
      }
      this.#readHead(text.slice(0, end + 2));
      body = chunk.subarray(end + 4 - this.#head.length);
    }
    if (body.includes('"errors":')) this.#failed = true;
    if (!this.#isChunked) {
      this.#remaining -= body.length;
      return this.#remaining <= 0;
    }
    this.#tail = (this.#tail + body.toString('latin1', Math.max(0, body.length - LAST_CHUNK.length))).slice(
      -LAST_CHUNK.length,
    );
    return this.#tail === LAST_CHUNK;
  }

  #readHead(head: string): void {
    if (!head.startsWith('HTTP/1.1 200')) this.#failed = true;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    this.#isChunked = length === null && /\r\ntransfer-encoding: *chunked/i.test(head);
    if (length === null && !this.#isChunked) throw new Error(`an answer of unknown length: ${head}`);
    this.#remaining = Number(length?.[1] ?? 0);
    this.#inBody = true;
  }
}

const MAX_HEAD = 4_096;
const LAST_CHUNK = '\r\n0\r\n\r\n';
