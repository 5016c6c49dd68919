import { ProblemError } from "../../../client/problem.ts";
import type { HoldAnswer } from "../../../client/types.gen.ts";
import { duration, t } from "../../../i18n/index.ts";
import type { Basket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { extended, neverAgain } from "../../../store/more-time.ts";
import { toast } from "../../../ui/index.ts";

/** Gives it back; for a while one press has it again, if nobody was faster. Throws when it is not given back. */
export async function giveBack(
  basket: Basket,
  hold: HoldAnswer,
  again: (hold: HoldAnswer) => Promise<unknown>,
) {
  await basket.release(hold);
  toast(t("sale.released"), "info", { label: t("sale.undo"), act: () => void again(hold) });
}

/** Throws when there is no more. */
export async function haveMoreTime(open: OpenInventory, basket: Basket, hold: HoldAnswer) {
  const settings = open.facts.value?.settings;
  try {
    await basket.extend(hold.id);
  } catch (error) {
    const isUsedUp = error instanceof ProblemError && error.code === "extension_limit";
    if (isUsedUp && settings) neverAgain(hold, settings);
    throw error;
  }
  if (settings) extended(hold, settings);
  const now = open.holds.value.find(({ id }) => id === hold.id);
  const left = now ? (Date.parse(now.expires_at) - open.clock.now()) / 1000 : 0;
  toast(t("sale.extended", { time: duration(Math.round(left)) }), "good");
}
