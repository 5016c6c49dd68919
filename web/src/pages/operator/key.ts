import { computed, signal } from "@preact/signals";
import { OperatorApi } from "../../client/operator-api.ts";
import { ProblemError } from "../../client/problem.ts";

/** The secret key lives as long as the tab, and nowhere else: not in the address, not in what outlives the tab. */
const NAME = "fairhold.operator.key";

const key = signal<string | undefined>(stored());

export const isSignedIn = computed(() => key.value !== undefined);

/** The calls of the operator who is signed in. A key that is refused later signs out. */
export const operatorApi = new OperatorApi({ token: () => key.value, everywhere: true });

export type SignIn = "ok" | "refused" | "not_operator";

/** Who looks at an inventory by its operator's page. */
export const operator = { api: operatorApi, key: operatorKey };

/** For a call that `OperatorApi` has not. */
export function operatorKey(): string | undefined {
  return key.value;
}

/** Keeps the key if the server takes it for an operator's. Anything but that it throws, as a `ProblemError`. */
export async function signIn(typed: string, make: (token: string) => OperatorApi = apiWith): Promise<SignIn> {
  const candidate = typed.trim();
  const told = await ask(make(candidate));
  if (told === "ok") {
    write(candidate);
    key.value = candidate;
  }
  return told;
}

export function signOut() {
  write(undefined);
  key.value = undefined;
}

/** Signs out when the problem says that the key counts no longer. */
export function signOutIfRefused(problem: unknown): boolean {
  const isRefused = problem instanceof ProblemError && problem.status === 401;
  if (isRefused) signOut();
  return isRefused;
}

function apiWith(token: string): OperatorApi {
  return new OperatorApi({ token: () => token });
}

/** Blocks are for operators only, so reading those of any inventory tells whether the key is one's. */
async function ask(api: OperatorApi): Promise<SignIn> {
  const { data } = await api.inventories({ limit: 1 });
  try {
    await api.blocks(data[0]?.id ?? `inv_${"0".repeat(32)}`);
    return "ok";
  } catch (error) {
    return verdict(error);
  }
}

function verdict(error: unknown): SignIn {
  if (!(error instanceof ProblemError)) throw error;
  if (error.status === 401) return "refused";
  if (error.status === 403) return "not_operator";
  if (error.code === "inventory_unknown") return "ok";
  throw error;
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A browser that keeps nothing asks for the key again after a reload. */
function write(value: string | undefined) {
  try {
    if (value === undefined) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, value);
  } catch {
    // The key stays in this page's memory.
  }
}
