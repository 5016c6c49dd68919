import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PROGRAM = process.env.FAIRHOLD_BIN ?? resolve(import.meta.dirname, "../../../target/debug/fairhold");
const STARTS_WITHIN_MS = 30_000;

/** The program as a child process, on a store and a port of its own. */
export class Server {
  readonly data = mkdtempSync(join(tmpdir(), "fairhold-e2e-"));
  /** Where it is now: elsewhere for a while, perhaps. */
  #port: number;
  readonly #args: readonly string[];
  /** Addresses that may do much more: all buyers of a test come from this machine. */
  readonly #raised: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, args: readonly string[], raised = "127.0.0.1") {
    this.#port = port;
    this.#args = args;
    this.#raised = raised;
  }

  static async start(...args: string[]): Promise<Server> {
    const server = new Server(await freePort(), args);
    await server.start();
    return server;
  }

  /** With the limits of a client as everybody has them. */
  static async startLimited(): Promise<Server> {
    const server = new Server(await freePort(), [], "");
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On the same store and the same port as before. */
  async start(): Promise<void> {
    const listen = `127.0.0.1:${this.#port}`;
    const args = ["serve", "--data", this.data, "--listen", listen, ...this.#args];
    const child = spawn(PROGRAM, args, {
      cwd: this.data,
      env: this.#env(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    this.#child = child;
    const until = performance.now() + STARTS_WITHIN_MS;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said}`);
      if (performance.now() > until) throw new Error(`the server did not start: ${said}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  }

  async #isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
    return answer?.ok ?? false;
  }

  /** What a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }

  /** It keeps all its connections, and does nothing any more. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Ends it and deletes its store. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Runs on the same store where pages that are open do not find it, until the work is done. */
  async elsewhere(work: () => Promise<void>): Promise<void> {
    const home = this.#port;
    this.#port = await freePort();
    await this.start();
    await work();
    await this.kill();
    this.#port = home;
  }

  /** The output of another command on the same store. */
  run(...args: string[]): string {
    const [command = "", ...rest] = args;
    return execFileSync(PROGRAM, [command, "--data", this.data, ...rest], {
      cwd: this.data,
      env: this.#env(),
      encoding: "utf8",
    });
  }

  #env(): NodeJS.ProcessEnv {
    const isOthers = (name: string) => name.startsWith("FAIRHOLD_") && name !== "FAIRHOLD_PAGES_DIR";
    const mine = Object.entries(process.env).filter(([name]) => !isOthers(name));
    return { ...Object.fromEntries(mine), ...(this.#raised && { FAIRHOLD_RAISED_ADDRESSES: this.#raised }) };
  }

  key(role: "operator" | "seller" = "operator"): string {
    const lines = this.run("keys", "create", "--role", role).trim().split("\n");
    return lines.at(-1) ?? "";
  }
}

/** Settings of whoever runs the tests are not for the server under test, but for pages that were just built. */
/** Of 127.0.0.1, free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => found(port));
    });
  });
}
