import { money, number, t } from "../i18n/index.ts";
import type { Point } from "./geometry.ts";
import type { Hit } from "./hit.ts";
import type { Look, Looks } from "./looks.ts";
import { FREE } from "./looks.ts";
import { nameOf } from "./names.ts";
import { pickOf } from "./picks.ts";
import { lowestPrice } from "./tally.ts";
import { lookName } from "./words.ts";

export interface TooltipProps {
  hit: Hit;
  at: Point;
  looks: Looks;
  describe?: ((unit: number) => string) | undefined;
}

/** What is under the pointer. It never catches a pointer itself, and the list says the same to those who do not see it. */
export default function Tooltip({ hit, at, looks, describe }: TooltipProps) {
  // Under the finger or the pointer nothing could be read: it stands above, or below near the upper edge.
  const place = { left: `${at.x}px`, top: `${at.y}px` };
  const side = at.y < 150 ? "map-tip map-tip-below" : "map-tip";
  return (
    <div class={side} style={place} aria-hidden="true">
      {hit.kind === "group" ? (
        <GroupTip group={hit.group} looks={looks} />
      ) : (
        <UnitTip hit={hit} looks={looks} describe={describe} />
      )}
    </div>
  );
}

function GroupTip({ group, looks }: { group: number; looks: Looks }) {
  const left = looks.leftInGroup(group);
  const price = lowestPrice(looks.scene, looks, group);
  return (
    <>
      <strong>
        <bdi>{looks.scene.groups[group]?.name}</bdi>
      </strong>
      <span>{left === 0 ? t("map.soldOut") : t("map.left", { count: left, text: number(left) })}</span>
      {price && <span>{t("map.from", { price: money(price) })}</span>}
    </>
  );
}

function UnitTip({
  hit,
  looks,
  describe,
}: {
  hit: Hit & { unit: number };
  looks: Looks;
  describe: TooltipProps["describe"];
}) {
  const index = looks.scene.plan;
  const unit = index.unit(hit.unit);
  const name = nameOf(index, hit.unit);
  const pick = pickOf(index, hit.unit);
  const category = index.plan.categories[looks.scene.categoryOf[hit.unit] as number];
  const look = looks.of[hit.unit] as Look;
  const marks = [
    unit.accessible && t("map.accessible"),
    unit.companion && t("map.companion"),
    unit.restricted_view && t("map.restricted"),
  ].filter((mark) => mark !== undefined && mark !== false);
  return (
    <>
      <span class="map-tip-where">
        <bdi>{name.section}</bdi>
        {name.row && <bdi>{name.isTable ? name.row : t("map.row", { row: name.row })}</bdi>}
      </span>
      <strong>
        {pick?.kind === "table" ? (
          t("map.wholeTable", { seats: number(pick.units.length) })
        ) : (
          <bdi>{name.row ? t("map.seat", { seat: name.seat }) : name.seat}</bdi>
        )}
      </strong>
      {pick && (
        <span>
          {category && <bdi>{category.name}</bdi>} {pick.price ? money(pick.price) : t("map.unpriced")}
        </span>
      )}
      {hit.kind === "area" && (
        <span>{t("map.left", { count: looks.left(hit.unit), text: number(looks.left(hit.unit)) })}</span>
      )}
      {marks.map((mark) => (
        <span key={mark} class="map-tip-mark">
          {mark}
        </span>
      ))}
      {look !== FREE && <span class="map-tip-state">{lookName(look)}</span>}
      {describe && <span>{describe(hit.unit)}</span>}
    </>
  );
}
