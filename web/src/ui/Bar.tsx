/** How much of something is left, as a length; what it says stands beside it in words. */
export function Bar({ share }: { share: number }) {
  const width = `${Math.min(1, Math.max(0, share)) * 100}%`;
  return (
    <div class={share < 0.15 ? "bar bar-low" : "bar"} aria-hidden="true">
      <div class="bar-fill" style={{ width }} />
    </div>
  );
}
