// eventsource and ws as programs that follow the feed. Standard input: first a line of JSON {"base", "token"}, then a line
// each time that whoever runs this has ended the feed process, which is asked for by the line "kill".
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { base, token } = JSON.parse((await lines.next()).value);
const headers = { Authorization: `Bearer ${token}` };
const unique = () => `npm-${process.pid}-${performance.now()}`;

async function ask(method, path, body) {
  const answer = await fetch(base + path, {
    method, headers: { ...headers, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  assert(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}
const newItem = () => ask('POST', '/v1/items', { sku: unique(), name: 'from npm', unit: 'pcs' });

function within(seconds, what, promise) {
  return Promise.race([promise, new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`no ${what} within ${seconds} s`)), seconds * 1000).unref())]);
}

// Things that come, to be waited for one by one.
class Queue {
  things = []; waiting = [];
  put(thing) { this.waiting.length ? this.waiting.shift()(thing) : this.things.push(thing); }
  next(what, seconds = 30) {
    return this.things.length ? this.things.shift() : within(seconds, what, new Promise((done) => this.waiting.push(done)));
  }
}

async function serverSentEvents() {
  const events = new Queue(), opened = new Queue(), failed = new Queue();
  const source = new EventSource(`${base}/v1/events/stream?type=bincard.item.*`, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }) });
  source.onopen = () => opened.put(true);
  source.onerror = (error) => failed.put(error);
  source.addEventListener('bincard.item.created.v1', (event) => events.put(event));
  await opened.next('stream');
  const first = await newItem();
  const event = await events.next('event');
  const cloudEvent = JSON.parse(event.data);
  assert.deepEqual(cloudEvent.data, first);
  assert.equal(cloudEvent.id, event.lastEventId);
  console.log('kill');
  await lines.next();
  const missed = await newItem();
  assert.deepEqual(JSON.parse((await events.next('missed event', 60)).data).data, missed);
  assert.equal(source.readyState, EventSource.OPEN);
  source.close();
  const refused = new EventSource(`${base}/v1/events/stream`);
  refused.onerror = (error) => failed.put(error);
  while ((await failed.next('refusal')).code !== 401);
  assert.equal(refused.readyState, EventSource.CLOSED);
}

function open(options) {
  const heard = new Queue(), socket = new WebSocket(base.replace(/^http/, 'ws') + '/v1/events/ws', options);
  socket.on('message', (text) => heard.put(JSON.parse(text)));
  socket.on('pong', (data) => heard.put({ pong: data.toString() }));
  socket.on('close', (code) => heard.put({ closed: code }));
  socket.on('unexpected-response', (_, answer) => heard.put({ refused: answer.statusCode }));
  socket.on('open', () => heard.put('open'));
  return { heard, socket, say: (message) => socket.send(JSON.stringify(message)) };
}

async function webSocket() {
  const { heard, socket, say } = open({ headers });
  assert.equal(await heard.next('socket'), 'open');
  say({ subscribe: 'items', type: ['bincard.item.created.v1'] });
  const { subscribed, after } = await heard.next('subscription');
  assert.equal(subscribed, 'items');
  const made = [await newItem(), await newItem()];
  for (const item of made) {
    const { subscription, event } = await heard.next('event');
    assert.equal(subscription, 'items');
    assert.deepEqual(event.data, item);
  }
  socket.ping('still there?');
  assert.deepEqual(await heard.next('pong'), { pong: 'still there?' });
  say({ unsubscribe: 'items' });
  assert.equal((await heard.next('end')).unsubscribed, 'items');
  say({ subscribe: 'again', type: ['bincard.item.created.v1'], after });
  assert.equal((await heard.next('subscription')).subscribed, 'again');
  for (const item of made)
    assert.equal((await heard.next('old event')).event.data.id, item.id);
  socket.close(1000);
  assert.deepEqual(await heard.next('close'), { closed: 1000 });
  assert.deepEqual(await open({}).heard.next('refusal'), { refused: 401 });
}

await serverSentEvents();
await webSocket();
console.log('done');
process.exit(0);
