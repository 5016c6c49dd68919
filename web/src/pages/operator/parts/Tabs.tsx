import { useRef } from "preact/hooks";

interface TabsProps<T extends string> {
  label: string;
  /** Prefix of the ids of tabs and panels. */
  name: string;
  tabs: readonly { id: NoInfer<T>; label: string; count?: string }[];
  chosen: T;
  onChoice(id: NoInfer<T>): void;
}

/** One tab stop; arrows, Home and End go on (WAI-ARIA, tabs with automatic activation). */
export function Tabs<T extends string>({ label, name, tabs, chosen, onChoice }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const go = (to: number) => {
    const tab = tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    onChoice(tab.id);
    list.current?.querySelector<HTMLElement>(`#${name}-tab-${tab.id}`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const here = tabs.findIndex((tab) => tab.id === chosen);
    const steps: Record<string, number> = {
      ArrowRight: here + 1,
      ArrowLeft: here - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${name}-tab-${tab.id}`}
          class="tab"
          aria-selected={tab.id === chosen}
          aria-controls={`${name}-panel`}
          tabIndex={tab.id === chosen ? 0 : -1}
          onClick={() => onChoice(tab.id)}
        >
          {tab.label}
          {tab.count && <span class="tab-count numbers">{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}
