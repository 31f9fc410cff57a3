// The dashboard: one picture of the controller, drawn anew from each snapshot that /wm/roost/stream sends. Where a host cannot
// stream, the same snapshot is fetched every two seconds. Everything shown goes in as text, never as markup.
'use strict';

const SNAPSHOT = '/wm/roost/snapshot';
const STREAM = '/wm/roost/stream';
const POLL_MILLIS = 2000;

const byId = id => document.getElementById(id);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

const count = value => Math.round(value).toLocaleString('en-US');

function rate(packetsPerSecond) {
  if (packetsPerSecond === null || packetsPerSecond === undefined) return '–';
  return packetsPerSecond >= 10000 ? `${count(packetsPerSecond / 1000)} k/s` : `${count(packetsPerSecond)} /s`;
}

function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h`;
}

function draw(snapshot) {
  drawHeader(snapshot);
  drawFigures(snapshot);
  drawHomeAgents(snapshot.homeAgents);
  drawMobileNodes(snapshot.mobileNodes, snapshot.homeAgents);
  drawEvents(snapshot.events);
}

function drawHeader(snapshot) {
  byId('networks').textContent = snapshot.homeNetworks.map(network => `${network.name} ${network.prefix}`).join(' · ');
  setState(snapshot.health.healthy ? 'healthy' : 'unhealthy', snapshot.health.healthy ? 'healthy' : 'needs attention');
  const problems = byId('problems');
  problems.hidden = snapshot.health.problems.length === 0;
  problems.textContent = snapshot.health.problems.join('\n');
}

function setState(className, text) {
  byId('state').className = className;
  byId('state-text').textContent = text;
}

function drawFigures(snapshot) {
  const figures = [
    ['Home agents', count(snapshot.homeAgents.length)],
    ['Mobile nodes', count(snapshot.mobileNodes.total)],
    ['Changing forwarder', count(snapshot.migrationsUnderWay)],
    ['Switches', count(snapshot.health.switches)],
    ['Discovery answers', count(snapshot.discoveryReplies)],
    ['Ignored or malformed', count(snapshot.refusals)],
  ];
  byId('figures').replaceChildren(...figures.map(([name, value]) =>
    element('div', '', element('dt', '', name), element('dd', '', value))));
}

function drawHomeAgents(homeAgents) {
  const most = Math.max(1, ...homeAgents.map(homeAgent => homeAgent.load.bindings ?? 0));
  fill('agents', 8, homeAgents, 'No home agent has advertised itself yet.', homeAgent => {
    const bindings = homeAgent.load.bindings ?? 0;
    const bar = element('div', 'fill');
    bar.style.width = `${100 * bindings / most}%`;
    const preference = homeAgent.effectivePreference === homeAgent.preference
      ? `${homeAgent.preference}` : `${homeAgent.effectivePreference} of ${homeAgent.preference}`;
    const state = homeAgent.state.toLowerCase();
    return [
      element('td', '', element('span', 'address', homeAgent.addresses[0] ?? homeAgent.linkLocalAddress),
        element('span', 'under address', homeAgent.addresses.length ? homeAgent.linkLocalAddress : 'no global address')),
      element('td', '', element('span', `tag ${state}`, state)),
      element('td', '', homeAgent.attachment
        ? `port ${homeAgent.attachment.port}` : '–',
        element('span', 'under', homeAgent.attachment ? `switch ${homeAgent.attachment.switch.replace(/^(00:)+/, '')}` : '')),
      element('td', 'number', preference),
      element('td', '', element('div', 'bar', element('div', 'track', bar), element('span', 'number', count(bindings))),
        homeAgent.forwarding !== bindings ? element('span', 'under', `forwards for ${count(homeAgent.forwarding)}`) : ''),
      element('td', 'number', rate(homeAgent.load.transmitRate)),
      element('td', 'number', rate(homeAgent.load.receiveRate)),
      element('td', 'number', duration(homeAgent.remainingLifetime)),
    ];
  });
}

function drawMobileNodes(mobileNodes, homeAgents) {
  byId('nodes-count').textContent = mobileNodes.shown.length < mobileNodes.total
    ? `the first ${count(mobileNodes.shown.length)} of ${count(mobileNodes.total)}` : '';
  fill('nodes', 4, mobileNodes.shown, 'No mobile node is registered.', mobileNode => [
    element('td', 'address', mobileNode.homeAddress),
    element('td', 'address', mobileNode.careOfAddress),
    element('td', '', element('span', 'address', mobileNode.homeAgent),
      mobileNode.forwarder !== mobileNode.homeAgent ? element('span', 'under address', `via ${mobileNode.forwarder}`) : ''),
    element('td', 'number', duration(mobileNode.remainingLifetime)),
  ]);
}

function fill(table, columns, rows, whenEmpty, cells) {
  const body = byId(table).tBodies[0];
  if (rows.length === 0) {
    const cell = element('td', 'empty', whenEmpty);
    cell.colSpan = columns;
    body.replaceChildren(element('tr', '', cell));
    return;
  }
  body.replaceChildren(...rows.map(row => element('tr', '', ...cells(row))));
}

function drawEvents(events) {
  if (events.length === 0) {
    byId('events').replaceChildren(element('li', 'empty', 'Nothing has happened yet.'));
    return;
  }
  byId('events').replaceChildren(...events.map(event => {
    const when = element('time', '', new Date(event.at).toLocaleTimeString('en-GB'));
    when.dateTime = event.at;
    const detail = Object.entries(event.fields).map(([key, value]) => `${key}=${value}`).join('  ');
    return element('li', event.warning ? 'warning' : '', when,
      element('div', '', element('span', 'kind', event.kind), element('span', 'detail', detail)));
  }));
}

let polling = 0;

async function poll() {
  try {
    const response = await fetch(SNAPSHOT);
    if (!response.ok) throw new Error(response.statusText);
    draw(await response.json());
  } catch (error) {
    setState('unhealthy', 'controller not reachable');
  }
}

function follow() {
  const stream = new EventSource(STREAM);
  stream.addEventListener('snapshot', message => draw(JSON.parse(message.data)));
  stream.onerror = () => {
    setState('unhealthy', 'controller not reachable');
    if (stream.readyState === EventSource.CLOSED && !polling) polling = setInterval(poll, POLL_MILLIS);
  };
}

poll();
follow();
