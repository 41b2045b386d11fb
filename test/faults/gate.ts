/** Lets the checker hold all clients still: nothing is sent while it is closed, and nothing is under way once it is idle. */
export class Gate {
  #underWay = 0;
  #opened: Promise<void> | undefined;
  #open: () => void = () => undefined;
  #idle: (() => void)[] = [];

  /** Sends something, once the gate is open. */
  async through<T>(send: () => Promise<T>): Promise<T> {
    while (this.#opened) await this.#opened;
    this.#underWay++;
    try {
      return await send();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#idle.splice(0).forEach((resolve) => resolve());
    }
  }

  /** Resolves when what was under way has been answered or given up. */
  async close(): Promise<void> {
    this.#opened ??= new Promise((resolve) => (this.#open = resolve));
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  open(): void {
    this.#opened = undefined;
    this.#open();
  }
}
