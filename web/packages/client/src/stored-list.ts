// SPDX-License-Identifier: Apache-2.0
//
// A bounded list that outlives the page. Another page of the same viewer may keep the same list: each change is made to
// what is stored then, so that neither undoes the other's. Where storage fails (full, forbidden, null) it lives in memory.

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface ListShape<T> {
  readonly key: string;
  readonly max: number;
  isEntry(value: unknown): value is T;
  idOf(entry: T): string;
  /** Which one goes when there are more than `max`. Default: the oldest. */
  overflow?(entries: readonly T[]): number;
}

export class StoredList<T> {
  readonly #store: Store | null;
  readonly #shape: ListShape<T>;
  #entries: readonly T[];

  constructor(store: Store | null, shape: ListShape<T>) {
    this.#store = store;
    this.#shape = shape;
    this.#entries = this.#read();
  }

  /** Oldest first. */
  entries(): readonly T[] {
    return this.#entries;
  }
  has(id: string): boolean {
    return this.#entries.some((entry) => this.#shape.idOf(entry) === id);
  }
  add(entry: T): void {
    this.#change((entries) => this.#bound([...entries.filter((each) => this.#shape.idOf(each) !== this.#shape.idOf(entry)), entry]));
  }
  remove(id: string): void {
    this.#change((entries) => entries.filter((entry) => this.#shape.idOf(entry) !== id));
  }

  #bound(entries: readonly T[]): readonly T[] {
    if (entries.length <= this.#shape.max) return entries;
    const leaves = this.#shape.overflow?.(entries) ?? 0;
    return entries.filter((entry, at) => at !== leaves);
  }

  #change(change: (entries: readonly T[]) => readonly T[]): void {
    this.#entries = change(this.#entries);
    if (!this.#store) return;
    try {
      const stored = change(this.#read());
      if (stored.length === 0) this.#store.removeItem(this.#shape.key);
      else this.#store.setItem(this.#shape.key, JSON.stringify(stored));
    } catch {
      // In memory it is; the next change tries again.
    }
  }

  #read(): readonly T[] {
    try {
      const parsed: unknown = JSON.parse(this.#store?.getItem(this.#shape.key) ?? "[]");
      return Array.isArray(parsed) ? parsed.filter((entry) => this.#shape.isEntry(entry)).slice(-this.#shape.max) : [];
    } catch {
      return [];
    }
  }
}

/** A list of ids, newest last. */
export const idList = (key: string, max: number): ListShape<string> => ({
  key,
  max,
  isEntry: (value) => typeof value === "string",
  idOf: (entry) => entry,
});
