import { newKey } from "../../../client/api.ts";

/** Idempotency keys by what is asked: the same request that is tried once more has the same key, and is done once. */
export class RequestKeys {
  readonly #keys = new Map<string, string>();

  constructor(readonly make: () => string = newKey) {}

  of(request: unknown): string {
    const text = JSON.stringify(request);
    const key = this.#keys.get(text) ?? this.make();
    this.#keys.set(text, key);
    return key;
  }

  /** It was done: the next one like it is another. */
  done(request: unknown) {
    this.#keys.delete(JSON.stringify(request));
  }
}
