import { useCallback, useEffect, useState } from "preact/hooks";
import type { InventoryLine } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { Button, Icon, Notice, Skeleton } from "../../../ui/index.ts";
import { operatorApi, signOut } from "../key.ts";
import { readWords } from "../parts/words.ts";
import { InventoryCard } from "./InventoryCard.tsx";

const TYPING_MS = 250;

/** All inventories, with what is left of each as it changes. */
export function ListPage() {
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim());
  const { lines, hasMore, problem, busy, more, retry } = useLines(search);
  return (
    <>
      <div class="page-head">
        <h1>{t("operator.inventories")}</h1>
        <div class="actions">
          <Button variant="quiet" onClick={signOut}>
            {t("operator.signOut")}
          </Button>
          <a class="button button-primary" href="/operator/new">
            <Icon name="plus" />
            {t("operator.new")}
          </a>
        </div>
      </div>
      <label class="search">
        <Icon name="search" />
        <span class="hidden-text">{t("operator.search")}</span>
        <input
          class="input"
          type="search"
          placeholder={t("operator.search")}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {problem !== undefined && (
        <Notice kind="error" title={t("common.failed")}>
          <p>{readWords(problem)}</p>
          <Button onClick={retry}>{t("common.retry")}</Button>
        </Notice>
      )}
      {lines === undefined && problem === undefined && <Skeleton lines={6} />}
      {lines?.length === 0 && <Nothing search={search} />}
      <ul class="inventories">
        {lines?.map((line) => (
          <InventoryCard key={line.id} line={line} />
        ))}
      </ul>
      {hasMore && (
        <Button wide busy={busy} onClick={more}>
          {t("common.more")}
        </Button>
      )}
    </>
  );
}

function Nothing({ search }: { search: string }) {
  if (search) return <Notice kind="empty" title={t("operator.noneFound", { search })} />;
  return (
    <Notice kind="empty" title={t("operator.noneYet")}>
      <p class="muted">{t("operator.noneYetHow")}</p>
      <a class="button button-primary" href="/operator/new">
        {t("operator.new")}
      </a>
    </Notice>
  );
}

/** The lines of a search, page by page. */
function useLines(search: string) {
  const [lines, setLines] = useState<readonly InventoryLine[]>();
  const [hasMore, setHasMore] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isLatest = true;
    setProblem(undefined);
    operatorApi.inventories({ q: search }).then(
      (page) => {
        if (!isLatest) return;
        setLines(page.data);
        setHasMore(page.has_more);
      },
      (error: unknown) => {
        if (isLatest) setProblem(error);
      },
    );
    return () => {
      isLatest = false;
    };
  }, [search, turn]);
  const more = async () => {
    setBusy(true);
    try {
      const page = await operatorApi.inventories({ q: search, startingAfter: lines?.at(-1)?.id });
      setLines([...(lines ?? []), ...page.data]);
      setHasMore(page.has_more);
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const retry = useCallback(() => setTurn((turn) => turn + 1), []);
  return { lines, hasMore, problem, busy, more, retry };
}

/** What is typed, when the typing pauses. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
