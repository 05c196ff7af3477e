import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { ApiError } from './api.ts';
import { faultsOf, type SentFault } from './problem.ts';

/** What the server found wrong with a form, told beside the field that it is about. */
export class FormFaults {
  /** Fields by path: for a moment two may have one, while parts change places. */
  readonly #claimed = new SvelteMap<string, number>();
  readonly #error: () => ApiError | null;

  constructor(error: () => ApiError | null) {
    this.#error = error;
  }

  /** A field shows what is wrong at its path, and below it. @returns how to give it up */
  claim(path: string): () => void {
    this.#count(path, 1);
    return () => this.#count(path, -1);
  }

  at(path: string): readonly SentFault[] {
    return faultsOf(this.#error()).filter((fault) => this.#ownerOf(fault.path) === path);
  }

  /** Those that no field shows. */
  get rest(): readonly SentFault[] {
    return faultsOf(this.#error()).filter((fault) => this.#ownerOf(fault.path) === null);
  }

  #count(path: string, by: 1 | -1): void {
    this.#claimed.set(path, (this.#claimed.get(path) ?? 0) + by);
  }

  #ownerOf(path: string): string | null {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      if ((this.#claimed.get(at) ?? 0) > 0) return at;
    }
    return null;
  }
}

export const [formFaults, provideFormFaults] = createContext<FormFaults>();
