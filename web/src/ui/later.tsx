import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { Button } from "./Button.tsx";
import { Notice } from "./Notice.tsx";
import { Skeleton } from "./Skeleton.tsx";

/** A page whose code comes when it is first shown. */
export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [isFailed, setFailed] = useState(false);
    const [, arrived] = useState(Loaded);
    useEffect(() => {
      if (Loaded) return;
      load().then(
        (module) => {
          Loaded = module.default;
          arrived(() => Loaded);
        },
        () => setFailed(true),
      );
    }, []);
    if (isFailed) return <NotLoaded />;
    return Loaded ? <Loaded {...props} /> : <Skeleton lines={5} />;
  };
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
