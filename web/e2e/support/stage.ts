import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch, type Visitor, visitor } from "./browser.ts";
import { Server } from "./server.ts";
import { Shop } from "./shop.ts";

/** A server and a browser for all tests of a file. */
export interface Stage {
  readonly server: Server;
  readonly shop: Shop;
  /** Somebody new. They leave when the test is over, and nothing may have gone wrong in their pages. */
  visit(options?: BrowserContextOptions): Promise<Visitor>;
}

export function stage(...args: string[]): Stage {
  return staged(() => Server.start(...args));
}

/** Where one client may do no more than in a shop. */
export function limitedStage(): Stage {
  return staged(() => Server.startLimited());
}

function staged(start: () => Promise<Server>): Stage {
  let server: Server | undefined;
  let browser: Browser | undefined;
  let shop: Shop | undefined;
  const visitors: Visitor[] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([start(), launch()]);
    shop = new Shop(server, server.key());
  });
  afterEach(async () => {
    const guests = visitors.splice(0);
    const errors = guests.flatMap((guest) => guest.errors);
    await Promise.all(guests.map((guest) => guest.close()));
    expect(errors).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return {
    get server() {
      return there(server);
    },
    get shop() {
      return there(shop);
    },
    async visit(options) {
      const guest = await visitor(there(browser), options);
      visitors.push(guest);
      return guest;
    },
  };
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the stage is not there yet");
  return value;
}
