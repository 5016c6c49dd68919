import type { Server } from "./server.ts";

/** Calls of somebody who is not at the page: another buyer, the operator. */
export class Shop {
  #count = 0;

  constructor(
    readonly server: Server,
    readonly key: string,
  ) {}

  /** A buyer's token. */
  async buyer(): Promise<string> {
    const session = await this.call<{ token: string }>("POST", "/v1/sessions");
    return session.token;
  }

  async create(body: object): Promise<string> {
    const made = await this.call<{ id: string }>("POST", "/v1/inventories", { body, token: this.key });
    return made.id;
  }

  hold(
    inventory: string,
    offers: readonly string[],
    token: string,
  ): Promise<{ id: string; units?: string[] }> {
    const body = { offers: offers.map((offer) => ({ offer })) };
    return this.call("POST", `/v1/inventories/${inventory}/holds`, { body, token });
  }

  release(inventory: string, hold: string, token: string): Promise<unknown> {
    return this.call("DELETE", `/v1/inventories/${inventory}/holds/${hold}`, { token });
  }

  availability(inventory: string): Promise<{ seq: number; seats: string; counts: [number, number][] }> {
    return this.call("GET", `/v1/inventories/${inventory}/availability`);
  }

  async call<T>(
    method: string,
    path: string,
    given: { body?: object; token?: string; match?: string } = {},
  ): Promise<T> {
    const headers: Record<string, string> = { "idempotency-key": `e2e-${Date.now()}-${this.#count++}` };
    if (given.token) headers.authorization = `Bearer ${given.token}`;
    if (given.match) headers["if-match"] = given.match;
    if (given.body) headers["content-type"] = "application/json";
    const body = given.body ? JSON.stringify(given.body) : null;
    const answer = await fetch(this.server.url + path, { method, headers, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? (undefined as T) : JSON.parse(text);
  }
}

/** A hall of so many rows of so many seats, in one section. */
export function hall(rows: number, seats: number, more: object = {}): object {
  const seat = (row: string, at: number, number: number) => ({
    id: `${row}-${number + 1}`,
    label: `${number + 1}`,
    category: "R",
    x: 40 + number * 20,
    y: 60 + at * 24,
  });
  const row = (at: number) => {
    const id = String.fromCharCode(65 + at);
    return { id, label: id, seats: Array.from({ length: seats }, (_, number) => seat(id, at, number)) };
  };
  return {
    name: "Small stage",
    currency: "KRW",
    size: { width: 80 + seats * 20, height: 100 + rows * 24 },
    focal_point: { x: 40 + seats * 10, y: 10 },
    categories: [{ id: "R", name: "R", color: "#D9822B", price: 66000 }],
    zones: [{ id: "hall", name: "Hall", rows: Array.from({ length: rows }, (_, at) => row(at)) }],
    ...more,
  };
}
