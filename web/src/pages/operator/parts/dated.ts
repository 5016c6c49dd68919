/** When the event begins, where it has a date. Servers before dates do not tell. */
export function startsAt(answer: object | undefined): string | undefined {
  const told = answer && "starts_at" in answer ? answer.starts_at : undefined;
  return typeof told === "string" ? told : undefined;
}
