/** Leads to the first field of a form that is marked as wrong, once it is. */
export function leadToWrong(form: HTMLElement | null) {
  requestAnimationFrame(() => {
    const first = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong]');
    first?.focus();
  });
}
