import { useEffect, useRef, useState } from "preact/hooks";
import { number, t, time } from "../../../i18n/index.ts";
import { onThemeChange } from "../../../map/theme.ts";
import type { Drawn, Line } from "./draw.ts";

interface ChartProps {
  title: string;
  /** Seconds since 1970. */
  at: readonly number[];
  lines: readonly (Line & { values: readonly number[] })[];
}

/** Lines over the last hour, and the same as a table. */
export function Chart({ title, at, lines }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | undefined>(undefined);
  const [themes, setThemes] = useState(0);
  const data = [at, ...lines.map((line) => line.values)].map((values) => [...values]) as [
    number[],
    ...number[][],
  ];
  const latest = useRef(data);
  latest.current = data;
  const names = lines.map((line) => line.label).join();
  useEffect(() => onThemeChange(() => setThemes((turn) => turn + 1)), []);
  useEffect(() => {
    let isOver = false;
    import("./draw.ts").then(({ draw }) => {
      if (!isOver && host.current) drawn.current = draw(host.current, lines, latest.current);
    });
    return () => {
      isOver = true;
      drawn.current?.destroy();
      drawn.current = undefined;
    };
    // Drawn anew for other colours and other words only; new values go into what is there.
  }, [themes, names]);
  useEffect(() => drawn.current?.update(data));
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        <ul class="chart-legend">
          {lines.map(({ label, color, dashed }) => (
            <li key={label}>
              <span
                class={dashed ? "chart-key chart-key-dashed" : "chart-key"}
                style={{ borderColor: `var(${color})` }}
                aria-hidden="true"
              />
              {label}
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="chart-lines" ref={host} aria-hidden="true" />
      <details>
        <summary class="small">{t("operator.asTable")}</summary>
        <ValueTable title={title} at={at} lines={lines} />
      </details>
    </figure>
  );
}

/** The newest first; minutes in which nothing happened are left out. */
function ValueTable({ title, at, lines }: ChartProps) {
  const told = [...at.keys()].reverse().filter((place) => lines.some((line) => line.values[place]));
  if (told.length === 0) return <p class="muted small">{t("operator.nothingYet")}</p>;
  return (
    <div class="table-scroll">
      <table class="table">
        <caption class="hidden-text">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("operator.minute")}</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" class="cell-number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {told.map((place) => (
            <tr key={place}>
              <th scope="row">{time((at[place] ?? 0) * 1000)}</th>
              {lines.map(({ label, values }) => (
                <td key={label} class="cell-number">
                  {number(values[place] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
