import { Api } from "../client/api.ts";
import { Session } from "../client/session.ts";

/** The buyer of this browser. */
export const session = new Session();

/** The server that these pages come from, asked as that buyer. */
export const api = new Api({
  token: () => session.token(),
  renew: () => session.replace(),
});
