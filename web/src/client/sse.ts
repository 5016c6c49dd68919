/** Cuts a stream of server-sent events into their data. Comments, ids and names are passed over. */
export class EventParser {
  #rest = "";
  #data: string[] = [];

  /** The data of all events that are complete with this piece. */
  push(piece: string): string[] {
    const lines = `${this.#rest}${piece}`.split(/\r\n|\n|\r(?!$)/);
    // The last one may go on in the next piece; a trailing CR may be half of a line end.
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): string[] {
    if (line.startsWith("data:")) {
      this.#data.push(line.slice(line[5] === " " ? 6 : 5));
      return [];
    }
    if (line !== "" || this.#data.length === 0) return [];
    const event = this.#data.join("\n");
    this.#data = [];
    return [event];
  }
}
