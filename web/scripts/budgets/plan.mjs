// Plans of any size: square sections of 20 rows of 25 seats in a grid, four categories.

const SEATS = 25;
const ROWS = 20;
const STEP = 12;

/** As `GET …/plan` answers, with this many seats (a multiple of 500 is made). */
export function makePlan(seats) {
  const sections = Math.ceil(seats / (SEATS * ROWS));
  const columns = Math.ceil(Math.sqrt(sections * 1.3));
  const units = [];
  const rows = [];
  const zones = Array.from({ length: sections }, (_, section) => zone(section));
  for (let section = 0; section < sections; section++) {
    const left = (section % columns) * (SEATS + 3) * STEP;
    const top = Math.floor(section / columns) * (ROWS + 4) * STEP;
    for (let row = 0; row < ROWS; row++)
      addRow({ units, rows }, section, row, { left, top: top + row * STEP });
  }
  return {
    plan_version: 1,
    name: "Budget hall",
    currency: "KRW",
    size: null,
    focal_point: null,
    units,
    zones,
    rows,
    categories: CATEGORIES,
    offers: [],
    floors: [],
  };
}

const CATEGORIES = ["#B4232A", "#D9822B", "#2E7D6B", "#3B6EA8"].map((color, number) => ({
  id: `c${number}`,
  name: `Category ${number}`,
  color,
  price: { amount: 50_000 * (number + 1), currency: "KRW" },
}));

function zone(section) {
  return {
    id: `z${section}`,
    name: `Section ${section}`,
    floor: null,
    focal_point: null,
    sections: [],
    shapes: [],
  };
}

function addRow({ units, rows }, section, row, { left, top }) {
  const category = CATEGORIES[section % CATEGORIES.length];
  const first = units.length;
  for (let seat = 0; seat < SEATS; seat++) {
    units.push({
      id: `${section}-${row}-${seat}`,
      kind: "seat",
      capacity: 1,
      label: `${seat + 1}`,
      zone: `z${section}`,
      row: rows.length,
      category: category.id,
      x: left + seat * STEP,
      y: top,
      offer: true,
      price: category.price,
    });
  }
  const numbers = Array.from({ length: SEATS }, (_, seat) => first + seat);
  rows.push({
    id: `${row}`,
    label: `${row + 1}`,
    zone: `z${section}`,
    section: null,
    table: false,
    whole: false,
    units: numbers,
  });
}
