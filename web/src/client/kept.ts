/** One value that outlives the page and is shared by the tabs of this browser. */
export interface Kept {
  read(): string | null;
  /** Null takes it away. */
  write(value: string | null): void;
  /** Told what another tab wrote. */
  watch(listener: (value: string | null) => void): () => void;
}

/** Where storage is refused (a private window, say) the value lives as long as the page. */
export function kept(key: string): Kept {
  let memory: string | null = null;
  return {
    read: () => attempt(() => localStorage.getItem(key)) ?? memory,
    write(value) {
      memory = value;
      attempt(() => (value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value)));
    },
    watch(listener) {
      const onStorage = (event: StorageEvent) => {
        if (event.key === key) listener(event.newValue);
      };
      addEventListener("storage", onStorage);
      return () => removeEventListener("storage", onStorage);
    },
  };
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
