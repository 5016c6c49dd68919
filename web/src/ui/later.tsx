import type { ComponentType, FunctionComponent, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { within } from "../client/deadline.ts";
import { needMessages, type Part, t } from "../i18n/index.ts";
import { Button } from "./Button.tsx";
import { Notice } from "./Notice.tsx";
import { Skeleton } from "./Skeleton.tsx";

/** A page whose code and messages come when it is first shown, or a little before. */
export type LaterPage<Props> = FunctionComponent<Props> & {
  /** It will be shown soon: what it needs may come meanwhile. */
  preload(): void;
};

/** A dead path brings neither code nor an error. */
const LOADS_WITHIN_MS = 20_000;

export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  ...messages: readonly Part[]
): LaterPage<Props> {
  return made(load, messages, <Skeleton lines={5} />);
}

/** A part of a page that nobody misses until it is there. */
export function laterPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  ...messages: readonly Part[]
): LaterPage<Props> {
  return made(load, messages, null);
}

function made<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  messages: readonly Part[],
  waiting: JSX.Element | null,
): LaterPage<Props> {
  let Loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const begin = () => {
    loading ??= within(LOADS_WITHIN_MS, Promise.all([load(), needMessages(...messages)])).then(
      ([module]) => {
        Loaded = module.default;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  function Later(props: Props) {
    const [isFailed, setFailed] = useState(false);
    // A component is a function, too, and would be called if it were given as it is.
    const [Shown, arrived] = useState(() => Loaded);
    useEffect(() => {
      if (Shown) return;
      begin().then(
        () => arrived(() => Loaded),
        () => setFailed(true),
      );
    }, []);
    if (isFailed) return <NotLoaded />;
    return Shown ? <Shown {...props} /> : waiting;
  }
  // Whether it failed is said where it is shown.
  return Object.assign(Later, { preload: () => void begin().catch(() => {}) });
}

/** Offline, or the server has a newer version of the pages. */
function NotLoaded() {
  return (
    <Notice isPage kind="error" title={t("common.failed")}>
      <p class="muted">{t("common.failedDetail")}</p>
      <Button variant="primary" onClick={() => location.reload()}>
        {t("common.reload")}
      </Button>
    </Notice>
  );
}
