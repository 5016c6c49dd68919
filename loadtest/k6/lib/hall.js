// The plan of the rush: rows of two price categories and a standing area.
import { config } from './config.js';

export const seatId = (row, place) => `${row < config.rows / 2 ? 'R' : 'S'}-${row + 1}-${place + 1}`;

function row(number) {
  const seats = Array.from({ length: config.seatsPerRow }, (_, place) => ({
    id: seatId(number, place),
    label: String(place + 1),
    category: number < config.rows / 2 ? 'R' : 'S',
    x: place * 10,
    y: number * 10,
  }));
  return { id: `row-${number + 1}`, label: String(number + 1), seats };
}

export function hall() {
  return {
    name: 'On-sale rush',
    currency: 'KRW',
    categories: [
      { id: 'R', name: 'Regular', price: 150000 },
      { id: 'S', name: 'Standard', price: 90000 },
    ],
    zones: [
      {
        id: 'hall',
        name: 'Hall',
        rows: Array.from({ length: config.rows }, (_, number) => row(number)),
        areas: [{ id: 'floor', label: 'Floor', capacity: config.standing, category: 'S' }],
      },
    ],
  };
}
