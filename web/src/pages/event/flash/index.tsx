import { useEffect, useMemo, useState } from "preact/hooks";
import type { Offer } from "../../../client/offers.ts";
import type { SaleAnswer } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { makeBasket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { pieces, useBought } from "../../../store/sales.ts";
import { Waiting } from "../../../ui/index.ts";
import { CodeField } from "../CodeField.tsx";
import { EventHead } from "../EventHead.tsx";
import { Bought } from "../hold/Bought.tsx";
import { useExpired } from "../hold/expired.ts";
import { HoldCard } from "../hold/HoldCard.tsx";
import { Problem } from "../hold/Problem.tsx";
import { ItemSale } from "./ItemSale.tsx";
import "./flash.css";

/** A sale of things without numbers: so many are left, and this is how to get one. */
export default function Flash({ open }: { open: OpenInventory }) {
  const basket = useMemo(() => makeBasket(open), [open]);
  useEffect(() => basket.close, [basket]);
  useExpired(open, t("stock.expired"));
  const bought = useBought(open.id);
  const [sale, setSale] = useState<SaleAnswer>();
  const [fresh, setFresh] = useState("");
  const held = open.holds.value.reduce((sum, hold) => sum + pieces(hold.lines), 0);
  const onBought = (done: SaleAnswer) => {
    bought.add(pieces(done.lines));
    setSale(done);
  };
  return (
    <div class="flash">
      <EventHead open={open} />
      <Waiting waiting={basket.waiting.value} />
      {sale && <Bought open={open} sale={sale} onAgain={() => setSale(undefined)} />}
      {open.holds.value.map((hold) => (
        <HoldCard
          key={hold.id}
          open={open}
          basket={basket}
          hold={hold}
          isFresh={hold.id === fresh}
          onBought={onBought}
        />
      ))}
      {!sale &&
        offersOf(open).map((offer) => (
          <ItemSale
            key={offer.id}
            open={open}
            basket={basket}
            offer={offer}
            have={held + bought.count}
            onHeld={setFresh}
          />
        ))}
      <Problem basket={basket} />
      {!sale && <CodeField basket={basket} />}
    </div>
  );
}

function offersOf(open: OpenInventory): Offer[] {
  return [...(open.plan.value?.offers.values() ?? [])];
}
