import { t } from "../i18n/index.ts";

interface FloorSwitchProps {
  floors: readonly { id: string; name: string }[];
  /** One at a time: they lie over each other. */
  isStacked: boolean;
  floor: number | undefined;
  onChoose(floor: number | undefined): void;
}

/** Which floor is looked at. */
export function FloorSwitch({ floors, isStacked, floor, onChoose }: FloorSwitchProps) {
  const choices = floors.map(({ id, name }, number) => ({ name: name || id || t("map.ground"), number }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend that is seen
    <div class="map-floors" role="group" aria-label={t("map.floors")}>
      {!isStacked && (
        <button type="button" aria-pressed={floor === undefined} onClick={() => onChoose(undefined)}>
          {t("map.allFloors")}
        </button>
      )}
      {choices.map(({ name, number }) => (
        <button key={number} type="button" aria-pressed={floor === number} onClick={() => onChoose(number)}>
          <bdi>{name}</bdi>
        </button>
      ))}
    </div>
  );
}
