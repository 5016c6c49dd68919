import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SETTINGS = resolve(import.meta.dirname, "../../../deploy/proxies");
const STARTS_WITHIN_MS = 30_000;

/** The documented settings of each proxy, with other ports, and what starts it in the foreground. */
const KINDS = {
  nginx: {
    file: "nginx.conf",
    listens: /listen 80;/,
    command: (dir: string) => [
      "nginx",
      "-p",
      dir,
      "-c",
      join(dir, "main.conf"),
      "-e",
      join(dir, "error.log"),
    ],
    /** Their file is a part of a whole; the rest is what lets it run beside others, unprivileged. */
    whole: (dir: string, settings: string) =>
      [
        `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log;`,
        "events { worker_connections 512; }",
        `http { access_log off;`,
        ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
          (name) => `${name}_temp_path ${dir}/${name};`,
        ),
        settings,
        "}",
      ].join("\n"),
  },
  caddy: {
    file: "Caddyfile",
    listens: /^:80 \{/m,
    command: (dir: string) => ["caddy", "run", "--adapter", "caddyfile", "--config", join(dir, "main.conf")],
    whole: (_: string, settings: string) => `{\n\tadmin off\n}\n${settings}`,
  },
} as const;

export type ProxyKind = keyof typeof KINDS;

/** A proxy of the distribution, with exactly the settings of `deploy/proxies`, before a server. */
export class FrontProxy {
  readonly #dir = mkdtempSync(join(tmpdir(), "fairhold-proxy-"));
  #child: ChildProcess | undefined;

  private constructor(
    readonly kind: ProxyKind,
    readonly port: number,
  ) {}

  static async start(kind: ProxyKind, port: number, serverUrl: string): Promise<FrontProxy> {
    const proxy = new FrontProxy(kind, port);
    await proxy.#start(new URL(serverUrl).host);
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async #start(server: string): Promise<void> {
    const { file, listens, command, whole } = KINDS[this.kind];
    const settings = readFileSync(join(SETTINGS, file), "utf8");
    const here = settings
      .replace(listens, (line) =>
        line.replace("80", `${this.kind === "nginx" ? "127.0.0.1:" : ""}${this.port}`),
      )
      .replaceAll("127.0.0.1:8080", server);
    writeFileSync(join(this.#dir, "main.conf"), whole(this.#dir, here));
    mkdirSync(join(this.#dir, "home"));
    const [program = "", ...args] = command(this.#dir);
    const env = { ...process.env, HOME: join(this.#dir, "home"), XDG_CONFIG_HOME: "", XDG_DATA_HOME: "" };
    const child = spawn(program, args, { cwd: this.#dir, env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    child.on("error", (error) => {
      said += error.message;
    });
    this.#child = child;
    const until = performance.now() + STARTS_WITHIN_MS;
    while (!(await fetch(`${this.url}/livez`).catch(() => undefined))?.ok) {
      if (child.exitCode !== null || performance.now() > until)
        throw new Error(`${this.kind} did not start (tests/support/services.sh install): ${said}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  /** It keeps all its connections, and does nothing any more. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL");
      await gone;
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
