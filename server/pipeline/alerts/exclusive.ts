/** Runs one piece of work at a time, in the order asked for. */
export class Exclusive {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when what was asked for so far is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
