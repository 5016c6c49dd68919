// The calls of buyers and operators. Every POST carries its own idempotency key.
import http from 'k6/http';
import exec from 'k6/execution';
import { config, HOLD_SECONDS } from './config.js';

// a refusal is an answer: only what is neither success nor conflict counts as failed
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }, 409));

const run = Date.now().toString(36);
let calls = 0;

function idempotencyKey() {
  calls += 1;
  // setup and teardown have no VU of their own
  const who = exec.vu.idInTest || 0;
  return `k6-${run}-${who}-${calls}-${Math.random().toString(36).slice(2)}`;
}

function params(token, name) {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': idempotencyKey() };
  if (token) headers.Authorization = `Bearer ${token}`;
  // one name for all urls of a kind, else each inventory is a metric of its own
  return { headers, tags: { name } };
}

const inventoryUrl = (inventory) => `${config.baseUrl}/v1/inventories/${inventory}`;

export function createInventory(plan) {
  const settings = { checkout: 'open', hold_seconds: HOLD_SECONDS };
  const body = JSON.stringify({ name: 'On-sale rush', plan, settings });
  const answer = http.post(`${config.baseUrl}/v1/inventories`, body, params(config.key, 'create'));
  if (answer.status !== 201) throw new Error(`no inventory: ${answer.status} ${answer.body}`);
  return answer.json('id');
}

export function session() {
  return http.post(`${config.baseUrl}/v1/sessions`, null, params('', 'session'));
}

export function hold(inventory, token, wish) {
  return http.post(`${inventoryUrl(inventory)}/holds`, JSON.stringify(wish), params(token, 'hold'));
}

export function purchase(inventory, token, id) {
  return http.post(`${inventoryUrl(inventory)}/holds/${id}/purchase`, null, params(token, 'purchase'));
}

export function release(inventory, token, id) {
  return http.del(`${inventoryUrl(inventory)}/holds/${id}`, null, params(token, 'release'));
}

export function availability(inventory) {
  const answer = http.get(`${inventoryUrl(inventory)}/availability`, { tags: { name: 'availability' } });
  if (answer.status !== 200) throw new Error(`no availability: ${answer.status} ${answer.body}`);
  return answer.json();
}

export function liveUrl(inventory) {
  return `${inventoryUrl(inventory).replace(/^http/, 'ws')}/live`;
}
