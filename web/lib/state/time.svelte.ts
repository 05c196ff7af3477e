/** The server's clock as this browser knows it, ticking once a second; ages are reckoned by it. */
class TimeState {
  nowMs = $state(Date.now());
  #serverAheadMs = 0;

  start(): () => void {
    const timer = setInterval(() => this.#tick(), 1000);
    return () => clearInterval(timer);
  }

  /** A message of the server carried its time; the browser's clock may be hours off. */
  sync(serverMs: number): void {
    this.#serverAheadMs = serverMs - Date.now();
    this.#tick();
  }

  #tick(): void {
    this.nowMs = Date.now() + this.#serverAheadMs;
  }
}

export const time = new TimeState();
