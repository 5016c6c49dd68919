import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PlanIndex } from "../client/plan.ts";
import type { Money } from "../client/types.gen.ts";
import { money, t } from "../i18n/index.ts";
import type { Look } from "./looks.ts";
import { BLOCKED, CHOSEN, FREE, HELD, LOST, MINE, SOLD } from "./looks.ts";
import { ACCESSIBLE, COMPANION, type Form, PLAIN, paintSeat, RESTRICTED } from "./seat-art.ts";
import { onThemeChange, readTheme, type Theme } from "./theme.ts";
import { lookName } from "./words.ts";

/** Categories with their prices, in the colours of the map. */
export function Prices({ plan }: { plan: PlanIndex }) {
  const [host, theme] = useTheme<HTMLUListElement>(plan);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is scrolled, by keys too
    <ul ref={host} class="legend legend-prices" tabIndex={0} aria-label={t("map.prices")}>
      {plan.plan.categories.map((category, number) => (
        <li key={category.id}>
          <Sign theme={theme} look={FREE} form={PLAIN} category={number} />
          <bdi>{category.name}</bdi>
          <span class="numbers">{priceText(category.price)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The signs of the map, painted as the map paints them. */
export function Signs({ plan }: { plan: PlanIndex }) {
  const [host, theme] = useTheme<HTMLUListElement>(plan);
  const forms = useMemo(() => formsIn(plan), [plan]);
  return (
    <ul ref={host} class="legend legend-signs" aria-label={t("map.legend")}>
      {([CHOSEN, MINE, HELD, SOLD, BLOCKED, LOST] as const).map((look) => (
        <li key={look}>
          <Sign theme={theme} look={look} form={PLAIN} category={0} />
          {lookName(look)}
        </li>
      ))}
      {forms.map(([form, key]) => (
        <li key={key}>
          <Sign theme={theme} look={FREE} form={form} category={0} />
          {t(key)}
        </li>
      ))}
    </ul>
  );
}

function useTheme<Host extends HTMLElement>(plan: PlanIndex): [RefObject<Host | null>, Theme | undefined] {
  const host = useRef<Host>(null);
  const [theme, setTheme] = useState<Theme>();
  useEffect(() => {
    const read = () => host.current && setTheme(readTheme(host.current, plan.plan));
    read();
    return onThemeChange(read);
  }, [plan]);
  return [host, theme];
}

function priceText(price: Money | null): string {
  return price ? money(price) : t("map.unpriced");
}

/** Marks that no seat has need no explanation. */
function formsIn({ plan }: PlanIndex) {
  const all = [
    [ACCESSIBLE, "map.accessible", "accessible"],
    [COMPANION, "map.companion", "companion"],
    [RESTRICTED, "map.restricted", "restricted_view"],
  ] as const;
  return all
    .filter(([, , field]) => plan.units.some((unit) => unit[field]))
    .map(([form, key]) => [form, key] as const);
}

const SIZE = 20;

function Sign({
  theme,
  look,
  form,
  category,
}: {
  theme: Theme | undefined;
  look: Look;
  form: Form;
  category: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !theme) return;
    const ratio = 2;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, SIZE, SIZE);
    const color = theme.categories[category] ?? theme.accent;
    paintSeat(
      context,
      { x: SIZE / 2, y: SIZE / 2, radius: SIZE / 2 - 1.5 },
      { look, form, category: color },
      theme,
    );
  }, [theme, look, form, category]);
  return <canvas ref={canvas} class="legend-sign" width={SIZE * 2} height={SIZE * 2} />;
}
