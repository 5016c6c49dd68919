import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface LedHeadingProps {
  id: string;
  /** What it is about; when that changes, the reader is led here again. */
  of: unknown;
  children: ComponentChildren;
}

/** The heading of something that appears far from the button that was pressed: it takes the focus. */
export function LedHeading({ id, of, children }: LedHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [of]);
  return (
    <h2 id={id} tabIndex={-1} ref={heading}>
      {children}
    </h2>
  );
}
