import { afterEach, describe, expect, it } from "vitest";
import { OperatorApi } from "../../client/operator-api.ts";
import { ProblemError } from "../../client/problem.ts";
import { isSignedIn, signIn, signOut, signOutIfRefused } from "./key.ts";

/** A server with one inventory, which answers for its blocks like this. */
function server(status: number, code = "") {
  const asked: (string | null)[] = [];
  const answer: typeof fetch = async (url, init) => {
    if (!String(url).includes("/blocks")) return Response.json({ data: [{ id: "inv_1" }], has_more: false });
    asked.push(new Headers(init?.headers).get("Authorization"));
    const body = { type: "", title: "", status, code, detail: "", retryable: false, request_id: "" };
    return Response.json(status === 200 ? { data: [], has_more: false } : body, { status });
  };
  return { asked, make: (token: string) => new OperatorApi({ token: () => token, fetch: answer }) };
}

afterEach(signOut);

describe("a secret key", () => {
  it("that an operator has signs in, for this tab only", async () => {
    const { asked, make } = server(200);
    expect(await signIn(" sk_good ", make)).toBe("ok");
    expect(asked).toEqual(["Bearer sk_good"]);
    expect(isSignedIn.value).toBe(true);
    expect(Object.values(sessionStorage)).toContain("sk_good");
    expect(JSON.stringify(localStorage)).not.toContain("sk_good");
    signOut();
    expect(isSignedIn.value).toBe(false);
    expect(sessionStorage.length).toBe(0);
  });

  it("that is wrong, or a seller's, is told apart and not kept", async () => {
    expect(await signIn("sk_bad", server(401, "token_invalid").make)).toBe("refused");
    expect(await signIn("sk_seller", server(403, "forbidden").make)).toBe("not_operator");
    expect(isSignedIn.value).toBe(false);
    expect(sessionStorage.length).toBe(0);
  });

  it("counts also where there is no inventory yet", async () => {
    expect(await signIn("sk_good", server(404, "inventory_unknown").make)).toBe("ok");
  });

  it("is not judged while the server is in trouble", async () => {
    await expect(signIn("sk_good", server(500, "internal").make)).rejects.toBeInstanceOf(ProblemError);
    expect(isSignedIn.value).toBe(false);
  });

  it("that was revoked meanwhile signs out", async () => {
    await signIn("sk_good", server(200).make);
    expect(signOutIfRefused(ProblemError.offline())).toBe(false);
    expect(isSignedIn.value).toBe(true);
    const revoked = await ProblemError.of(
      Response.json({ code: "token_invalid", status: 401 }, { status: 401 }),
    );
    expect(signOutIfRefused(revoked)).toBe(true);
    expect(isSignedIn.value).toBe(false);
  });
});
