// The end-of-run report: plain text for people, JSON for machines; nothing is fetched from anywhere.
import { config } from './config.js';

const round = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(2));

function figures(metric) {
  const shown = ['count', 'rate', 'med', 'p(99)', 'max', 'passes', 'fails'];
  return shown
    .filter((name) => metric.values[name] !== undefined)
    .map((name) => `${name} ${round(metric.values[name])}`)
    .join(', ');
}

function line([name, metric]) {
  const thresholds = Object.entries(metric.thresholds || {});
  const verdicts = thresholds.map(([text, { ok }]) => `\n      ${ok ? 'ok  ' : 'FAIL'} ${text}`);
  return `  ${name}: ${figures(metric)}${verdicts.join('')}`;
}

function failedChecks(group) {
  const own = group.checks.filter((check) => check.fails > 0).map((check) => `  ${check.name}: ${check.fails} failed`);
  return own.concat(...group.groups.map(failedChecks));
}

export function summary(data) {
  const metrics = Object.entries(data.metrics).sort(([a], [b]) => a.localeCompare(b));
  const failed = failedChecks(data.root_group);
  const parts = ['', 'figures', ...metrics.map(line), '', failed.length ? 'failed checks' : 'all checks passed', ...failed, ''];
  return { stdout: parts.join('\n') + '\n', [config.summary]: JSON.stringify(data, null, 1) };
}
