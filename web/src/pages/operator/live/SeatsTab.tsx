import { type Signal, signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { PlanIndex } from "../../../client/plan.ts";
import type { Blocked } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { SeatMap } from "../../../map/index.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { announce } from "../../../ui/index.ts";
import { Switch } from "../parts/Switch.tsx";
import { SeatPicker } from "./SeatPicker.tsx";
import { SelectionPanel } from "./SelectionPanel.tsx";

const TOOLS = ["move", "free", "rectangle"] as const;
type Tool = (typeof TOOLS)[number];

const NOBODY = signal<ReadonlySet<number>>(new Set());

interface SeatsTabProps {
  open: OpenInventory;
  plan: PlanIndex;
  chosen: Signal<ReadonlySet<number>>;
  blocks: readonly Blocked[];
  onChanged(): void;
}

/** Chooses seats on the map or in a list, and does something with them. */
export function SeatsTab({ open, plan, chosen, blocks, onChanged }: SeatsTabProps) {
  const [way, setWay] = useState<"map" | "list">("map");
  const [tool, setTool] = useState<Tool>("move");
  const add = (units: readonly number[]) => {
    chosen.value = new Set([...chosen.value, ...units.filter((unit) => !plan.unit(unit).closed)]);
    announce(t("operator.selectedCount", { n: chosen.value.size }));
  };
  const toggle = (unit: number) => {
    const next = new Set(chosen.value);
    if (!next.delete(unit)) next.add(unit);
    chosen.value = next;
  };
  return (
    <div class="work">
      <div class="stack">
        <div class="tools">
          <Switch
            name="way"
            legend={t("operator.way")}
            choices={[
              { value: "map", label: t("operator.way_map") },
              { value: "list", label: t("operator.way_list") },
            ]}
            chosen={way}
            onChoice={setWay}
          />
          {way === "map" && (
            <Switch
              name="tool"
              legend={t("operator.tool")}
              choices={TOOLS.map((value) => ({ value, label: t(`operator.tool_${value}`) }))}
              chosen={tool}
              onChoice={setTool}
            />
          )}
        </div>
        {way === "map" ? (
          <div class="map-frame map-frame-tall">
            <SeatMap
              plan={plan}
              board={open.board}
              mode="operate"
              mine={NOBODY}
              chosen={chosen}
              lost={NOBODY}
              onPick={toggle}
              onLasso={add}
              lassoForm={tool === "move" ? undefined : tool}
              handle={(handle) => {
                // What another part asked to see; nothing is chosen when the page opens.
                if (handle && chosen.value.size > 0) afterFirstFrame(() => handle.show([...chosen.value]));
              }}
            />
          </div>
        ) : (
          <SeatPicker plan={plan} board={open.board} chosen={chosen} onToggle={toggle} />
        )}
      </div>
      <SelectionPanel
        id={open.id}
        plan={plan}
        board={open.board}
        chosen={chosen}
        blocks={blocks}
        onChanged={onChanged}
      />
    </div>
  );
}

/** A map that was just made has a size only then. */
function afterFirstFrame(act: () => void) {
  requestAnimationFrame(() => requestAnimationFrame(act));
}
