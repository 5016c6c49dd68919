// What a run can be told by environment variables (`k6 run -e NAME=value` or the shell's).

const number = (name, fallback) => (__ENV[name] === undefined ? fallback : Number(__ENV[name]));

export const config = {
  baseUrl: (__ENV.BASE_URL || 'http://127.0.0.1:8080').replace(/\/$/, ''),
  // the operator key that creates the inventory
  key: __ENV.FAIRHOLD_KEY || '',
  // buyers a second at the peak, and how long the peak lasts
  peakRate: number('PEAK_RATE', 80),
  peakSeconds: number('PEAK_SECONDS', 20),
  rampSeconds: number('RAMP_SECONDS', 10),
  buyersMax: number('BUYERS_MAX', 150),
  // viewers = watchers × sockets
  watchers: number('WATCHERS', 4),
  sockets: number('SOCKETS', 10),
  rows: number('ROWS', 20),
  seatsPerRow: number('SEATS_PER_ROW', 50),
  standing: number('STANDING', 500),
  p99Ms: number('P99_MS', 500),
  summary: __ENV.SUMMARY || 'summary.json',
};

// the shortest life of a hold that a server allows: abandoned ones expire before the last check
export const HOLD_SECONDS = 30;
// ramp up, peak, ramp down
export const RUSH_SECONDS = config.rampSeconds + config.peakSeconds + 5;
