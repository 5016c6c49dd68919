/** Deeper than any plan; what nests deeper is told as malformed there. */
const DEPTH_MAX = 100;
const SPACE = /[ \t\r\n]*/y;
/** No control characters: the first 32 are not JSON, the others no plan. */
const TEXT = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const PLAIN = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

/** Where a text stops being JSON, as an offset; its length where it only ends too early. Browsers do not always say. */
export function malformedAt(content: string): number {
  const reader = new Reader(content);
  return reader.value(0) && reader.ends() ? content.length : reader.at;
}

class Reader {
  at = 0;
  constructor(readonly content: string) {}

  value(depth: number): boolean {
    this.#take(SPACE);
    if (depth > DEPTH_MAX) return false;
    const opened = this.content[this.at];
    if (opened === "{") return this.#list("}", () => this.#field(depth));
    if (opened === "[") return this.#list("]", () => this.value(depth + 1));
    return this.#take(TEXT) || this.#take(PLAIN);
  }

  ends(): boolean {
    this.#take(SPACE);
    return this.at === this.content.length;
  }

  #field(depth: number): boolean {
    this.#take(SPACE);
    return this.#take(TEXT) && this.#sign(":") && this.value(depth + 1);
  }

  /** What stands between the sign at this place and `close`, with commas in between. */
  #list(close: string, entry: () => boolean): boolean {
    this.at += 1;
    if (this.#sign(close)) return true;
    do {
      if (!entry()) return false;
    } while (this.#sign(","));
    return this.#sign(close);
  }

  #sign(sign: string): boolean {
    this.#take(SPACE);
    if (this.content[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.content)) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}
