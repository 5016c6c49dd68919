/** The list beside the map. */
export const list = {
  sections: "Sections",
  sectionsHint: "Choose a section, then its seats.",
  nothingLeft: "Nothing is left to buy at the moment. Seats that others release appear here at once.",
  backToSections: "All sections",
  gridHint: "Use the arrow keys to move, Space or Enter to choose.",
  moreRows: "Show more rows",
  entrance: ({ entrance }: { entrance: string }) => `Entrance ${entrance}`,
  add: "Add",
  remove: "Remove",
};
