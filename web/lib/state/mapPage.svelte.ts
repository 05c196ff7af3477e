import { replace } from 'svelte-spa-router';
import { type ApiError, api, asApiError } from '../api.ts';
import { codeOf } from '../condition.ts';
import type { MapFilter } from '../map/mapFilter.ts';
import { decodeReplay, type ReplayDay, replayFrame } from '../map/replay.ts';
import { formatMapAddress, type MapAddress, parseMapAddress } from '../urlState.ts';

const PLAY_STEP_MS = 250;

/** What the map page is set to. The address is the truth; it is written back without a new entry in the history. */
export class MapPage {
  address = $state.raw<MapAddress>(parseMapAddress(''));
  day = $state.raw<ReplayDay | null>(null);
  /** Step of the replay, or `null` for live. */
  step = $state<number | null>(null);
  playing = $state(false);
  replayError = $state.raw<ApiError | null>(null);
  replayLoading = $state(false);
  #timer: ReturnType<typeof setInterval> | null = null;
  #written: string | null = null;

  /** The address bar changed (a link, the back button); our own writing of it is not news. */
  read(querystring: string): void {
    if (querystring === this.#written) return;
    this.#written = null;
    this.address = parseMapAddress(querystring);
  }

  change(change: Partial<MapAddress & MapFilter>): void {
    this.address = { ...this.address, ...change };
    this.#written = formatMapAddress(this.address);
    void replace(this.#written === '' ? '/' : `/?${this.#written}`);
  }

  /** The columns of the step shown; `null` when live, or when the day belongs to another registry. */
  frame(gridVersion: number): ReturnType<typeof replayFrame> | null {
    if (this.step === null || this.day === null || this.day.gridVersion !== gridVersion) return null;
    return replayFrame(this.day, this.step, codeOf('no-data'));
  }

  /** Shows the past day at a place of it (0 a day ago … 1 now); where it stood, or at its start, without one. */
  async openReplay(share?: number): Promise<void> {
    if (this.day === null) {
      this.replayLoading = true;
      try {
        this.day = decodeReplay(await api.replay());
        this.replayError = null;
      } catch (error) {
        this.replayError = asApiError(error);
        return;
      } finally {
        this.replayLoading = false;
      }
    }
    this.step = share === undefined ? (this.step ?? 0) : Math.round(share * (this.day.steps - 1));
  }

  async play(): Promise<void> {
    await this.openReplay();
    if (this.day === null) return;
    if (this.step === this.day.steps - 1) this.step = 0;
    this.playing = true;
    this.#timer ??= setInterval(() => this.#advance(), PLAY_STEP_MS);
  }

  pause(): void {
    this.playing = false;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Back to the present; the day is loaded afresh next time, it has moved on. */
  toLive(): void {
    this.pause();
    this.step = null;
    this.day = null;
  }

  #advance(): void {
    if (this.day === null || this.step === null) return this.pause();
    if (this.step >= this.day.steps - 1) return this.pause();
    this.step += 1;
  }
}
