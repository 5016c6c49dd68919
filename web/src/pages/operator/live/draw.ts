import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { number, time } from "../../../i18n/index.ts";

/** One line of a chart: a name, a colour of the page, and a dash, so that colour is not all that tells it apart. */
export interface Line {
  label: string;
  /** The name of a custom property. */
  color: string;
  dashed?: boolean;
}

export interface Drawn {
  update(data: uPlot.AlignedData): void;
  destroy(): void;
}

const HEIGHT = 220;
/** So few minutes are shown as points, too: one alone is no line. */
const FEW = 10;

/** Draws lines over time into the element, as wide as it is. */
export function draw(host: HTMLElement, lines: readonly Line[], data: uPlot.AlignedData): Drawn {
  const chart = new uPlot(options(host, lines), data, host);
  const observer = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: HEIGHT }));
  observer.observe(host);
  return {
    update: (next) => chart.setData(next),
    destroy() {
      observer.disconnect();
      chart.destroy();
    },
  };
}

function options(host: HTMLElement, lines: readonly Line[]): uPlot.Options {
  const style = getComputedStyle(host);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color("--muted"),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: host.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 8 } },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
    axes: [
      {
        ...axis,
        space: 70,
        size: 30,
        incrs: [60, 120, 300, 600, 900, 1_800, 3_600],
        values: (_, ticks) => ticks.map((at) => time(at * 1000)),
      },
      {
        ...axis,
        size: 56,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
        values: (_, ticks) => ticks.map(number),
      },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, color))],
  };
}

function seriesOf({ label, color: name, dashed }: Line, color: (name: string) => string): uPlot.Series {
  const stroke = color(name);
  return {
    label,
    stroke,
    width: 2,
    points: { show: (chart) => chart.data[0].length < FEW },
    ...(dashed ? { dash: [6, 4] } : {}),
  };
}
